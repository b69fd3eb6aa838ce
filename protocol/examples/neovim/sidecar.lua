-- sidecar in Neovim (0.7 or newer): ask an agent, and watch its thread in a buffer.
-- Put this file into a `lua` folder of your 'runtimepath', then
--   :lua require('sidecar').start()
--   :SidecarAsk Why does the test fail?

local M = {
  -- The bridge speaks LSP headers, as vim.lsp.rpc does, and starts a daemon where none runs.
  command = { 'sidecar', 'stdio', '--spawn' },
  thread_id = 'neovim',
  -- A daemon that restarts is back within a second.
  retry_ms = 250,
}
local api = vim.api
local client, buffer, connect, is_connected
-- The last event shown: after a lost connection the daemon goes on behind it.
local seq = 0
-- What is shown of items: {kind, text, line} by id.
local items = {}

-- Writes line `at`, or a new one at the end; lines never move, so an item keeps its own.
local function show(text, at)
  at = at or api.nvim_buf_line_count(buffer)
  api.nvim_buf_set_lines(buffer, at, at + 1, false, { (text:gsub('\n', ' ')) })
  return at
end

local function show_item(id, kind, text)
  local line = show(kind .. ': ' .. text, items[id] and items[id].line)
  items[id] = { kind = kind, text = text, line = line }
end

-- Programs switch on an error's kind; its message is for people.
local function refused(method, error)
  if error.data.kind == 'turn_active' then
    show(('busy: %s is at work, ask again when it has ended'):format(error.data.activeTurnId))
  else
    show(('refused: %s: %s (%s)'):format(method, error.message, error.data.kind))
  end
end

function M.call(method, params, on_result)
  local is_sent = client.request(method, params, function(error, result)
    if error then return refused(method, error) end
    if on_result then on_result(result) end
  end)
  if not is_sent then show('not connected: ' .. method .. ' was not sent') end
end

-- Stands in for your model: it takes the prompts and gives the pieces of an answer.
function M.answer(prompts)
  return { 'You ', 'said: ', table.concat(prompts, ', ') }
end

local function run(promotion)
  if not promotion.turn then return end
  local turn_id, prompts, said = promotion.turn.id, {}, ''
  -- What was promoted may be older prompts than the one just admitted.
  for _, item in ipairs(promotion.items) do table.insert(prompts, item.detail) end
  -- With an id of our own nothing here waits: a peer's requests take effect in their order.
  local item_id = turn_id .. '.answer'
  M.call('item/create', { turnId = turn_id, itemId = item_id, kind = 'agent_message' })
  for _, piece in ipairs(M.answer(prompts)) do
    client.notify('item/delta', { itemId = item_id, text = piece, offset = vim.fn.strchars(said) })
    said = said .. piece
  end
  M.call('item/update', { itemId = item_id, status = 'completed', detail = said })
  -- Whoever ends a turn takes the next prompt that waits, in the same transaction.
  M.call('turn/complete', { turnId = turn_id, promoteNext = true }, function(result)
    run(result.promotion)
  end)
end

function M.ask(prompt)
  local params = { threadId = M.thread_id, prompt = prompt, promote = true, ifBusy = 'reject' }
  M.call('sessionInput/admit', params, function(result) run(result.promotion) end)
end

local notifications = {
  ['event/appended'] = function(params)
    for _, event in ipairs(params.events) do
      -- Clients' events have payloads of any shape.
      local item = event.source == 'daemon' and event.payload.item
      if item then
        show_item(item.id, item.kind, item.detail or item.summary or '')
      else
        show(event.seq .. ' ' .. event.event)
      end
      seq = event.seq
    end
  end,
  ['item/delta'] = function(delta)
    local item = items[delta.itemId]
    -- An offset that does not fit shows a loss: the completed item will have the whole.
    if item and delta.offset == vim.fn.strchars(item.text) then
      show_item(delta.itemId, item.kind, item.text .. delta.text)
    end
  end,
}

local function lost()
  if is_connected ~= false then show('no daemon there; looking for it again') end
  is_connected = false
  vim.defer_fn(connect, M.retry_ms)
end

function connect()
  local dispatchers = {
    notification = function(method, params)
      if notifications[method] then notifications[method](params) end
    end,
    -- Neovim calls this one outside of its main loop, where no buffer may be touched.
    on_exit = vim.schedule_wrap(lost),
  }
  if vim.fn.has('nvim-0.10') == 1 then
    client = vim.lsp.rpc.start(M.command, dispatchers)
  else
    client = vim.lsp.rpc.start(M.command[1], vim.list_slice(M.command, 2), dispatchers)
  end
  local hello = { clientInfo = { name = 'neovim', version = '1' }, protocolVersion = 1 }
  M.call('initialize', hello, function(result)
    is_connected = true
    show(('connected to %s %s'):format(result.serverInfo.name, result.serverInfo.version))
  end)
  -- Created once; from then on this answers the thread as it is.
  M.call('thread/create', { threadId = M.thread_id, title = 'Neovim' })
  M.call('event/subscribe', { threadId = M.thread_id, sinceSeq = seq, deltas = true })
end

function M.start()
  buffer = api.nvim_create_buf(true, true)
  api.nvim_buf_set_name(buffer, 'sidecar://' .. M.thread_id)
  api.nvim_buf_set_lines(buffer, 0, -1, false, { 'thread ' .. M.thread_id })
  api.nvim_create_user_command('SidecarAsk', function(given) M.ask(given.args) end, { nargs = '+' })
  connect()
  return buffer
end

return M
