import type { ComponentProps, ReactNode } from 'react';
import { isValidElement, memo } from 'react';
import { type Components, defaultRehypePlugins, Streamdown } from 'streamdown';
import { CopyButton } from '../../components/copy-button.tsx';

type TagProps<Tag extends 'a' | 'img' | 'pre' | 'table'> = ComponentProps<Tag> & { node?: unknown };

/** Plain tags, styled by markdown.css; nothing of a model's text is ever loaded from another host. */
const components: Components = {
  a: SafeLink,
  img: ImageAsText,
  pre: CodeBlock,
  table: ScrollingTable,
  ...plainTags('code', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'ul', 'ol', 'li', 'blockquote', 'hr', 'strong'),
  ...plainTags('thead', 'tbody', 'tr', 'th', 'td', 'sup', 'sub', 'section'),
};

// Without the raw-HTML step a tag a model writes stays text; what Markdown itself makes is still sanitized.
const rehypePlugins = Object.entries(defaultRehypePlugins)
  .filter(([name]) => name !== 'raw')
  .map(([, plugin]) => plugin);

export const Markdown = memo(function Markdown({ text, streaming }: { text: string; streaming: boolean }) {
  return (
    <Streamdown
      className="markdown"
      mode={streaming ? 'streaming' : 'static'}
      components={components}
      rehypePlugins={rehypePlugins}
      controls={false}
    >
      {text}
    </Streamdown>
  );
});

function plainTags<Tag extends keyof React.JSX.IntrinsicElements>(...tags: readonly Tag[]): Record<Tag, Tag> {
  return Object.fromEntries(tags.map((tag) => [tag, tag])) as Record<Tag, Tag>;
}

function SafeLink({ href, children }: TagProps<'a'>) {
  if (href === undefined || !/^(?:https?:\/\/|mailto:)/i.test(href)) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener nofollow">
      {children}
      <span className="sr-only"> (opens in a new tab)</span>
    </a>
  );
}

function ImageAsText({ alt }: TagProps<'img'>) {
  return <span className="text-ink-3">[image{alt === undefined || alt === '' ? '' : `: ${alt}`}]</span>;
}

function CodeBlock({ children }: TagProps<'pre'>) {
  return (
    <div className="group relative">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{children}</pre>
      <CopyButton
        text={textIn(children)}
        label="Copy code"
        className="absolute end-1 top-1 bg-sunken opacity-0 focus-visible:opacity-100 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
      />
    </div>
  );
}

function ScrollingTable({ children }: TagProps<'table'>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div tabIndex={0} className="overflow-x-auto rounded-lg border border-line">
      <table>{children}</table>
    </div>
  );
}

function textIn(node: ReactNode): string {
  if (typeof node === 'string') return node;
  if (Array.isArray(node)) return node.map(textIn).join('');
  return isValidElement<{ children?: ReactNode }>(node) ? textIn(node.props.children) : '';
}
