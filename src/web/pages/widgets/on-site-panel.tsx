import type { WidgetView } from '#channels/http/contract/widgets.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { Panel } from '../../components/panel.tsx';
import { policyLines, tagOptions } from './embed.ts';
import { More } from './more.tsx';

/** What to put into the pages of the site. */
export function OnSitePanel({ widget }: { widget: WidgetView }) {
  return (
    <Panel
      title="On your site"
      intro="Put this line into every page that is to have the chat, anywhere in its head or body. Whoever builds the site can do it."
    >
      <CodeBlock label="The tag" text={widget.tag} />
      <More title="The site has a strict content policy">
        <p className="text-ink-2 text-pretty">
          Then add these to what its header <code>Content-Security-Policy</code> allows already. Nothing inline is
          needed, and nothing of any other address.
        </p>
        <CodeBlock label="For the content policy" text={policyLines(widget)} />
      </More>
      <More title="What else the tag can say">
        <dl className="grid gap-2">
          {tagOptions.map(({ attribute, meaning }) => (
            <div key={attribute} className="grid gap-0.5">
              <dt>
                <code className="wrap-anywhere font-mono text-xs">{attribute}</code>
              </dt>
              <dd className="text-ink-2 text-xs text-pretty">{meaning}</dd>
            </div>
          ))}
        </dl>
        <p className="text-ink-2 text-pretty">
          The page’s own scripts can call <code className="wrap-anywhere font-mono text-xs">personas('open')</code>, and
          in the same way close, toggle, update, identify, logout, destroy, and on to be told what happens.
        </p>
      </More>
    </Panel>
  );
}
