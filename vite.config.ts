import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const inProject = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: inProject('src/web'),
  plugins: [react(), tailwindcss()],
  resolve: {
    // streamdown brings an HTML parser for raw HTML in Markdown. We never render such, and it is a quarter of the page's code.
    alias: { 'rehype-raw': inProject('src/web/pages/chat/no-raw-html.ts') },
  },
  server: {
    port: 5173,
    // The reference of the API is a page, whatever its address looks like.
    proxy: {
      '^/api/(?!docs(\\?|$))': { target: 'http://127.0.0.1:3000' },
      // Customers' pages in development take the launcher and the chat as they were last built.
      '^/widget(\\.js|/[\\w-]+/frame)(\\?|$)': { target: 'http://127.0.0.1:3000' },
    },
  },
  test: { root: inProject('.'), include: ['src/**/*.test.ts', 'test/**/*.test.ts'] },
  build: {
    outDir: inProject('dist/web'),
    emptyOutDir: true,
    rolldownOptions: { input: [inProject('src/web/index.html'), inProject('src/web/widget-frame.html')] },
    target: 'es2023',
    // The code of the conversation page, fetched ahead while a persona is chosen; about 160 kB compressed.
    chunkSizeWarningLimit: 600,
    // Every browser this targets knows modulepreload; the polyfill would be dead weight.
    modulePreload: { polyfill: false },
  },
});
