/**
 * The loader that pages embed: stands in for the SDK until it is there, and fetches it when it is needed. Runs
 * in every browser that runs a page with a script tag, hence the old language.
 *
 * Behaviour: ingest protocol, section 10.3. The settings are filled in when the script is served.
 */
;((window, document) => {
  var settings = __SETTINGS__
  var standIns = [
    'init',
    'addBreadcrumb',
    'captureMessage',
    'captureException',
    'captureEvent',
    'configureScope',
    'withScope',
    'showReportDialog',
  ]
  var wantsSdk = ['captureMessage', 'captureException', 'captureEvent', 'showReportDialog']
  var isLazy = settings.isLazy
  var isRequested = false
  var isLoaded = false
  /** Calls of stand-ins and uncaught errors, in the order in which they happened. */
  var calls = []
  var errors = []
  var callbacks = []

  var scripts = document.getElementsByTagName('script')
  for (var i = 0; i < scripts.length; i++) {
    if (scripts[i].src.indexOf(settings.publicKey) >= 0) {
      if (scripts[i].getAttribute('data-lazy') === 'no') isLazy = false
      break
    }
  }

  var sentry = (window.Sentry = window.Sentry || {})

  function request() {
    if (isRequested) return
    isRequested = true
    var tag = document.createElement('script')
    tag.src = settings.bundleUrl
    tag.crossOrigin = 'anonymous'
    tag.addEventListener('load', () => {
      try {
        start()
      } catch (error) {
        console.error(error)
      }
    })
    var first = document.getElementsByTagName('script')[0]
    if (first && first.parentNode) first.parentNode.insertBefore(tag, first)
    else (document.head || document.documentElement).appendChild(tag)
  }

  function onError(event) {
    errors.push({ event: event, type: 'error' })
    if (isLazy) request()
  }

  function onRejection(event) {
    errors.push({ event: event, type: 'unhandledrejection' })
    if (isLazy) request()
  }

  /** Some integrations are wanted by what is switched on, unless the page lists them itself. */
  function withDefaultIntegrations(sdk, options) {
    var wanted = []
    if (options.tracesSampleRate !== undefined && sdk.browserTracingIntegration) {
      wanted.push(['BrowserTracing', sdk.browserTracingIntegration])
    } else if (options.tracesSampleRate !== undefined && sdk.BrowserTracing) {
      wanted.push(['BrowserTracing', make(sdk.BrowserTracing)])
    }
    var hasReplay =
      options.replaysSessionSampleRate !== undefined || options.replaysOnErrorSampleRate !== undefined
    if (hasReplay && sdk.replayIntegration) wanted.push(['Replay', sdk.replayIntegration])
    else if (hasReplay && sdk.Replay) wanted.push(['Replay', make(sdk.Replay)])
    if (options.autoInjectFeedback && sdk.feedbackIntegration)
      wanted.push(['Feedback', sdk.feedbackIntegration])
    var given = options.integrations
    if (typeof given === 'function') return given
    var list = Object.prototype.toString.call(given) === '[object Array]' ? given.slice() : []
    for (var i = 0; i < wanted.length; i++) {
      var isListed = false
      for (var j = 0; j < list.length; j++) if (list[j].name === wanted[i][0]) isListed = true
      if (!isListed) list.push(wanted[i][1]())
    }
    return list
  }

  function make(Integration) {
    return () => new Integration()
  }

  function start() {
    if (isLoaded) return
    isLoaded = true
    window.removeEventListener('error', onError)
    window.removeEventListener('unhandledrejection', onRejection)
    window.SENTRY_SDK_SOURCE = 'loader'
    var sdk = window.Sentry
    var initOfSdk = sdk.init
    var isStarted = false
    sdk.init = (options) => {
      var merged = {}
      var name
      for (name in settings.options) merged[name] = settings.options[name]
      for (name in options || {}) merged[name] = options[name]
      merged.integrations = withDefaultIntegrations(sdk, merged)
      isStarted = true
      return initOfSdk.call(sdk, merged)
    }
    sdk.onLoad = (callback) => {
      callback()
    }
    sdk.forceLoad = () => {}

    if (typeof window.sentryOnLoad === 'function') attempt(window.sentryOnLoad)
    for (var i = 0; i < callbacks.length; i++) attempt(callbacks[i])
    // The page's own call of init comes first, whenever it was made.
    for (i = 0; i < calls.length; i++) if (calls[i].name === 'init') call(sdk, calls[i])
    if (!isStarted) sdk.init()
    for (i = 0; i < calls.length; i++) if (calls[i].name !== 'init') call(sdk, calls[i])
    replay(sdk)
  }

  /** Not every SDK has every function, and what a page's own function throws concerns none of the next calls. */
  function call(sdk, made) {
    attempt(() => {
      if (typeof sdk[made.name] === 'function') sdk[made.name].apply(sdk, made.arguments)
    })
  }

  /** Hands what nobody caught to the handlers that the SDK has installed by now. */
  function replay(sdk) {
    for (var i = 0; i < errors.length; i++) {
      var event = errors[i].event
      if (errors[i].type === 'error' && typeof window.onerror === 'function') {
        window.onerror(event.message, event.filename, event.lineno, event.colno, event.error)
      } else if (
        errors[i].type === 'unhandledrejection' &&
        typeof window.onunhandledrejection === 'function'
      ) {
        window.onunhandledrejection(event)
      } else {
        sdk.captureException(event.error || event.reason || event.message)
      }
    }
  }

  function attempt(callback) {
    try {
      callback()
    } catch (error) {
      console.error(error)
    }
  }

  function standIn(name) {
    return function () {
      calls.push({ name: name, arguments: arguments })
      if (isLazy && wantsSdk.indexOf(name) >= 0) request()
    }
  }

  for (i = 0; i < standIns.length; i++) sentry[standIns[i]] = standIn(standIns[i])
  sentry.onLoad = (callback) => {
    callbacks.push(callback)
    // Whoever waits for the SDK wants it.
    if (!isLazy) request()
  }
  sentry.forceLoad = () => {
    setTimeout(request)
  }
  window.addEventListener('error', onError)
  window.addEventListener('unhandledrejection', onRejection)
  if (!isLazy) setTimeout(request)
})(window, document)
