import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const inProject = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The launcher that customers have on their pages: one classic script at an address that stays the same. */
export default defineConfig({
  root: inProject('src/web'),
  publicDir: false,
  build: {
    outDir: inProject('dist/web'),
    // The pages are built there before.
    emptyOutDir: false,
    target: 'es2022',
    modulePreload: false,
    rolldownOptions: {
      input: inProject('src/web/widget/launcher/main.ts'),
      output: { format: 'iife', entryFileNames: 'widget.js' },
    },
  },
});
