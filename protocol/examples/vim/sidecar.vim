vim9script
# sidecar in Vim (9.0 or newer, with +channel): ask an agent, and watch its thread in a buffer.
#   :let g:sidecar_socket = '/run/user/1000/sidecar/rpc.sock'
#   :source sidecar.vim
#   :SidecarAsk Why does the test fail?

const SOCKET: string = get(g:, 'sidecar_socket', $XDG_RUNTIME_DIR .. '/sidecar/rpc.sock')
const THREAD_ID: string = get(g:, 'sidecar_thread', 'vim')
# A daemon that restarts is back within a second.
const RETRY_MS = 250

var channel: channel
var is_looking = false
# The last event shown: after a lost connection the daemon goes on behind it.
var seq = 0
# What is shown of items: {kind, text, line} by id.
var items: dict<dict<any>> = {}
const buffer: number = bufadd('sidecar://' .. THREAD_ID)

# Writes line `at`, or a new one at the end; lines never move, so an item keeps its own.
def Show(text: string, at: number = 0): number
  const line = at > 0 ? at : getbufinfo(buffer)[0].linecount + 1
  setbufline(buffer, line, substitute(text, '\n', ' ', 'g'))
  return line
enddef

def ShowItem(id: string, kind: string, text: string)
  const line = Show($'{kind}: {text}', items->get(id, {})->get('line', 0))
  items[id] = {kind: kind, text: text, line: line}
enddef

# Programs switch on an error's kind; its message is for people.
def Refused(method: string, error: dict<any>)
  if error.data.kind == 'turn_active'
    Show($'busy: {error.data.activeTurnId} is at work, ask again when it has ended')
  else
    Show($'refused: {method}: {error.message} ({error.data.kind})')
  endif
enddef

def Call(method: string, params: dict<any>, OnResult: func = (_) => 0)
  ch_sendexpr(channel, {method: method, params: params}, {callback: (_, answer) => {
    if answer->has_key('error')
      Refused(method, answer.error)
    else
      OnResult(answer.result)
    endif
  }})
enddef

# Stands in for your model: it takes the prompts and gives the pieces of an answer.
def Answer(prompts: list<string>): list<string>
  return ['You ', 'said: ', prompts->join(', ')]
enddef

def Run(promotion: dict<any>)
  if promotion.turn == null
    return
  endif
  const turn_id: string = promotion.turn.id
  # With an id of our own nothing here waits: a peer's requests take effect in their order.
  const item_id = turn_id .. '.answer'
  var said = ''
  Call('item/create', {turnId: turn_id, itemId: item_id, kind: 'agent_message'})
  # What was promoted may be older prompts than the one just admitted.
  for piece in Answer(mapnew(promotion.items, (_, item) => item.detail))
    # Without a callback it is a notification.
    const delta = {itemId: item_id, text: piece, offset: strchars(said)}
    ch_sendexpr(channel, {method: 'item/delta', params: delta})
    said ..= piece
  endfor
  Call('item/update', {itemId: item_id, status: 'completed', detail: said})
  # Whoever ends a turn takes the next prompt that waits, in the same transaction.
  Call('turn/complete', {turnId: turn_id, promoteNext: true}, (result) => Run(result.promotion))
enddef

def Ask(prompt: string)
  const params = {threadId: THREAD_ID, prompt: prompt, promote: true, ifBusy: 'reject'}
  Call('sessionInput/admit', params, (result) => Run(result.promotion))
enddef

def Appended(events: list<dict<any>>)
  for event in events
    # Clients' events have payloads of any shape.
    const item: dict<any> = event.source == 'daemon' ? event.payload->get('item', {}) : {}
    if item->empty()
      Show($'{event.seq} {event.event}')
    else
      ShowItem(item.id, item.kind, item.detail ?? item.summary ?? '')
    endif
    seq = event.seq
  endfor
enddef

def Notified(_: channel, message: dict<any>)
  const params: dict<any> = message->get('params', {})
  if message->get('method') == 'event/appended'
    Appended(params.events)
  elseif message->get('method') == 'item/delta' && items->has_key(params.itemId)
    const item = items[params.itemId]
    # An offset that does not fit shows a loss: the completed item will have the whole.
    if params.offset == strchars(item.text)
      ShowItem(params.itemId, item.kind, item.text .. params.text)
    endif
  endif
enddef

def Look()
  if !is_looking
    Show('no daemon there; looking for it again')
  endif
  is_looking = true
  timer_start(RETRY_MS, (_) => Connect())
enddef

def Connect()
  # A socket that nobody listens on is no error here: it is looked for again.
  silent! channel = ch_open('unix:' .. SOCKET,
    {mode: 'lsp', callback: Notified, close_cb: (_) => Look()})
  if ch_status(channel) != 'open'
    Look()
    return
  endif
  is_looking = false
  const hello = {clientInfo: {name: 'vim', version: '1'}, protocolVersion: 1}
  Call('initialize', hello, (result) => {
    Show($'connected to {result.serverInfo.name} {result.serverInfo.version}')
  })
  # Created once; from then on this answers the thread as it is.
  Call('thread/create', {threadId: THREAD_ID, title: 'Vim'})
  Call('event/subscribe', {threadId: THREAD_ID, sinceSeq: seq, deltas: true})
enddef

setbufvar(buffer, '&buftype', 'nofile')
bufload(buffer)
setbufline(buffer, 1, 'thread ' .. THREAD_ID)
command! -nargs=+ SidecarAsk Ask(<q-args>)
Connect()
