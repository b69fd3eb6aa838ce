;;; sidecar.el --- Ask an agent and watch its thread  -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "28.1"))

;;; Commentary:

;; (setq sidecar-socket "/run/user/1000/sidecar/rpc.sock")
;; M-x sidecar-start, then M-x sidecar-ask.

;;; Code:

(require 'jsonrpc)
(require 'subr-x)

(defgroup sidecar nil "Conversations with agents." :group 'tools)

(defcustom sidecar-socket (expand-file-name "sidecar/rpc.sock" (getenv "XDG_RUNTIME_DIR"))
  "The daemon's Unix socket." :type 'file)

(defcustom sidecar-thread "emacs"
  "The id of the thread that is watched." :type 'string)

(defcustom sidecar-answer-function
  (lambda (prompts) (list "You " "said: " (string-join prompts ", ")))
  "What stands in for your model: takes prompts, gives the pieces of an answer."
  :type 'function)

(defconst sidecar--retry-s 0.25 "A daemon that restarts is back within a second.")

(defvar sidecar--connection nil)
(defvar sidecar--looking nil "Non-nil after the loss of the daemon was shown.")
(defvar sidecar--seq 0 "The last event shown: the daemon goes on behind it.")
(defvar sidecar--items (make-hash-table :test 'equal)
  "What is shown of items: (KIND TEXT START) by id.")

(defun sidecar--buffer ()
  "Return the buffer of the thread."
  (get-buffer-create (format "*sidecar %s*" sidecar-thread)))

(defun sidecar--show (text &optional start)
  "Show TEXT in the line at START, or in a new one at the end; return its START.
Lines never move, so an item keeps its own."
  (with-current-buffer (sidecar--buffer)
    (let ((inhibit-read-only t))
      (save-excursion
        (goto-char (or start (point-max)))
        (if start (delete-region (point) (line-end-position)) (insert-before-markers "\n"))
        (unless start (forward-line -1))
        (prog1 (copy-marker (point)) (insert (string-replace "\n" " " text)))))))

(defun sidecar--show-item (id kind text)
  "Show the item ID of KIND with TEXT, in its own line."
  (puthash id (list kind text (sidecar--show (format "%s: %s" kind text)
                                             (nth 2 (gethash id sidecar--items))))
           sidecar--items))

(defun sidecar--refused (method error)
  "Show the ERROR of METHOD."
  ;; Programs switch on an error's kind; its message is for people.
  (let* ((data (plist-get error :data)) (kind (plist-get data :kind)))
    (pcase kind
      ("turn_active" (sidecar--show (format "busy: %s is at work, ask again when it has ended"
                                            (plist-get data :activeTurnId))))
      (_ (sidecar--show (format "refused: %s: %s (%s)" method (plist-get error :message) kind))))))

(defun sidecar--call (method params &optional success-fn)
  "Call METHOD with PARAMS; SUCCESS-FN takes the result."
  (jsonrpc-async-request sidecar--connection method params
                         :success-fn (or success-fn #'ignore)
                         :error-fn (lambda (error) (sidecar--refused method error))))

(defun sidecar--run (promotion)
  "Answer what PROMOTION has, if anything, and complete its turn."
  (when-let* ((turn-id (plist-get (plist-get promotion :turn) :id))
              ;; With an id of our own nothing here waits: requests take effect in their order.
              (item-id (concat turn-id ".answer")))
    (let ((said ""))
      (sidecar--call 'item/create `(:turnId ,turn-id :itemId ,item-id :kind "agent_message"))
      ;; What was promoted may be older prompts than the one just admitted.
      (dolist (piece (funcall sidecar-answer-function
                              (mapcar (lambda (item) (plist-get item :detail))
                                      (plist-get promotion :items))))
        (jsonrpc-notify sidecar--connection 'item/delta
                        `(:itemId ,item-id :text ,piece :offset ,(length said)))
        (setq said (concat said piece)))
      (sidecar--call 'item/update `(:itemId ,item-id :status "completed" :detail ,said))
      ;; Whoever ends a turn takes the next prompt that waits, in the same transaction.
      (sidecar--call 'turn/complete `(:turnId ,turn-id :promoteNext t)
                     (lambda (result) (sidecar--run (plist-get result :promotion)))))))

;;;###autoload
(defun sidecar-ask (prompt)
  "Give PROMPT to the agent."
  (interactive "sPrompt: ")
  (sidecar--call 'sessionInput/admit
                 `(:threadId ,sidecar-thread :prompt ,prompt :promote t :ifBusy "reject")
                 (lambda (result) (sidecar--run (plist-get result :promotion)))))

(defun sidecar--appended (event)
  "Show one EVENT."
  ;; Clients' events have payloads of any shape.
  (if-let ((item (and (equal (plist-get event :source) "daemon")
                      (plist-get (plist-get event :payload) :item))))
      (sidecar--show-item (plist-get item :id) (plist-get item :kind)
                          (or (plist-get item :detail) (plist-get item :summary) ""))
    (sidecar--show (format "%d %s" (plist-get event :seq) (plist-get event :event))))
  (setq sidecar--seq (plist-get event :seq)))

(defun sidecar--notified (_connection method params)
  "Show what the daemon notifies METHOD and PARAMS of."
  (pcase method
    ('event/appended (mapc #'sidecar--appended (plist-get params :events)))
    ('item/delta
     (pcase-let* ((id (plist-get params :itemId))
                  (`(,kind ,text) (gethash id sidecar--items)))
       ;; An offset that does not fit shows a loss: the completed item will have the whole.
       (when (and kind (= (plist-get params :offset) (length text)))
         (sidecar--show-item id kind (concat text (plist-get params :text))))))))

(defun sidecar--look (&rest _)
  "Say that the daemon is gone, once, and look for it again."
  (unless sidecar--looking (sidecar--show "no daemon there; looking for it again"))
  (setq sidecar--looking t)
  (run-at-time sidecar--retry-s nil #'sidecar--connect))

(defun sidecar--connect ()
  "Connect, and go on behind the last event that was shown."
  (condition-case nil
      (setq sidecar--connection
            (make-instance
             'jsonrpc-process-connection :name "sidecar" :on-shutdown #'sidecar--look
             :notification-dispatcher #'sidecar--notified
             :process (make-network-process :name "sidecar" :family 'local :noquery t
                                            :service sidecar-socket :coding 'utf-8-emacs-unix)))
    (file-error (sidecar--look))
    (:success
     (setq sidecar--looking nil)
     (sidecar--call
      'initialize '(:clientInfo (:name "emacs" :version "1") :protocolVersion 1)
      (lambda (result)
        (let ((server (plist-get result :serverInfo)))
          (sidecar--show (format "connected to %s %s" (plist-get server :name)
                                 (plist-get server :version))))))
     ;; Created once; from then on this answers the thread as it is.
     (sidecar--call 'thread/create `(:threadId ,sidecar-thread :title "Emacs"))
     (sidecar--call 'event/subscribe
                    `(:threadId ,sidecar-thread :sinceSeq ,sidecar--seq :deltas t)))))

;;;###autoload
(defun sidecar-start ()
  "Connect to the daemon and show the thread."
  (interactive)
  (with-current-buffer (sidecar--buffer) (special-mode))
  (sidecar--connect)
  (display-buffer (sidecar--buffer)))

(provide 'sidecar)
;;; sidecar.el ends here
