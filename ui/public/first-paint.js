// Before anything is drawn: the colours of the last visit, so that nothing flashes. A file of its own, because the
// content security policy allows no script inside of the page.
;(() => {
  let choice = 'auto'
  try {
    choice = localStorage.getItem('vedette.colours') ?? 'auto'
  } catch {
    // Storage is forbidden; the system's colours it is.
  }
  const isDark =
    choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light')
})()
