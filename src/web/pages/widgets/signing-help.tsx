import type { WidgetView } from '#channels/http/contract/widgets.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { signingExample } from './embed.ts';

/** What a token has to say, and code that makes one. */
export function SigningHelp({ widget, signingKey }: { widget: WidgetView; signingKey: WidgetView['keys'][number] }) {
  const kept = signingKey.algorithm === 'HS256' ? 'secret' : 'private key';
  return (
    <>
      <p className="text-ink-2 text-pretty">
        For the person who is signed in on your site, sign a token on your server, never in the page: whoever has the{' '}
        {kept} can be anybody. It is good for at most 15 minutes; the widget fetches the next one by itself from the
        address that <code className="font-mono text-xs">data-token-endpoint</code> names.
      </p>
      <CodeBlock label="In Node, with the package jose" text={signingExample(widget, signingKey)} />
    </>
  );
}
