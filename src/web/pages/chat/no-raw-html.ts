/** Stands in for rehype-raw (see vite.config.ts): raw HTML in a model's Markdown is never made into elements. */
export default function noRawHtml(): (tree: unknown) => unknown {
  return (tree) => tree;
}
