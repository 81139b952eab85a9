import MarkdownIt, { type Token } from 'markdown-it';

/*
 * Answers are text of a model and may hold anything. In a mail they run nothing, load nothing and hide no address: raw HTML
 * is shown as text, pictures are told by their address, and links lead to the web or to a mail alone.
 */

const cell = 'border: 1px solid #ccc; padding: 4px 8px; text-align: left';

function createMarkdown() {
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
  const { escapeHtml } = markdown.utils;
  markdown.validateLink = (url) => /^(?:https?:|mailto:)/i.test(url.trim());
  // Never a link: a picture may stand inside of one.
  markdown.renderer.rules.image = (tokens, index) => {
    const token = tokens[index];
    const label = token?.content === undefined || token.content === '' ? 'Picture' : token.content;
    return `${escapeHtml(label)} (${escapeHtml(String(token?.attrGet('src') ?? ''))})`;
  };
  markdown.core.ruler.push('mail', ({ tokens }) => {
    for (const token of tokens) dress(token);
  });
  return markdown;
}

function dress(token: Token): void {
  if (token.type === 'link_open') token.attrSet('rel', 'noopener noreferrer nofollow');
  if (token.type === 'th_open' || token.type === 'td_open') token.attrSet('style', cell);
  for (const child of token.children ?? []) dress(child);
}

/** Marks that make text read in another order than it is written. */
const deceptive = /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]|(?![\n\t])\p{Cc}/gu;

/** Plain text of it, as people write it. */
export function toPlainText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(deceptive, '').trim();
}

/** A whole page for a mail. */
export function toMailHtml(text: string, footer: string): string {
  const markdown = createMarkdown();
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"></head>',
    '<body style="font-family: sans-serif; line-height: 1.5; max-width: 44em">',
    markdown.render(toPlainText(text)),
    `<hr><p style="color: #666; font-size: 0.85em">${markdown.utils.escapeHtml(footer)}</p>`,
    '</body></html>',
  ].join('\n');
}
