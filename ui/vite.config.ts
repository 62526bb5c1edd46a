import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import manifest from '../package.json' with { type: 'json' }

export default defineConfig({
  // Every address is relative to the document's <base>, so that the server may be reached under any path.
  base: './',
  plugins: [react()],
  define: { __VERSION__: JSON.stringify(manifest.version) },
  build: {
    // What runs in browsers from the middle of 2024 on, such as light-dark() in style sheets.
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // A file of its own can be kept for ever; one that is part of a script makes the script larger.
    assetsInlineLimit: 0,
    // The list of chunks' sizes is for the budget's test, not for who starts a server.
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
})
