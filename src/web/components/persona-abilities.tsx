import { Ban, Check, Hand } from 'lucide-react';
import type { ToolView } from '#channels/http/contract/personas.ts';
import { describePolicy, kindOfPolicy } from '../words.ts';

const marks = {
  auto: { icon: Check, className: 'text-good' },
  ask: { icon: Hand, className: 'text-warn' },
  bound: { icon: Hand, className: 'text-warn' },
  deny: { icon: Ban, className: 'text-bad' },
} as const;

const noRules = (): readonly string[] => [];

/** What a persona may do, tool by tool, and whether it asks first. */
export function ToolList({
  tools,
  withDescriptions = false,
  rulesOf = noRules,
}: {
  tools: readonly ToolView[];
  withDescriptions?: boolean;
  /** Sentences about who decides on a tool and how often it may be used. */
  rulesOf?: (tool: ToolView) => readonly string[];
}) {
  if (tools.length === 0) return <p className="text-ink-2">This persona has no tools: it can only talk.</p>;
  return (
    <ul className={withDescriptions ? 'grid gap-2.5' : 'grid gap-1'}>
      {tools.map((tool) => {
        const { icon: Icon, className } = marks[kindOfPolicy(tool.approval)];
        return (
          <li key={tool.name} className="flex gap-2">
            <Icon className={`mt-0.5 size-4 shrink-0 ${className}`} aria-hidden />
            <div className="min-w-0">
              <p>
                {tool.title}
                <span className="text-ink-3">, {describePolicy(tool.approval)}</span>
              </p>
              {withDescriptions && <p className="text-ink-2 text-xs text-pretty">{firstSentence(tool.description)}</p>}
              {rulesOf(tool).map((rule) => (
                <p key={rule} className="text-ink-2 text-xs text-pretty wrap-anywhere">
                  {rule}
                </p>
              ))}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** Tool descriptions are written for models; their first sentence says to a person what the tool does. */
function firstSentence(text: string): string {
  return text.match(/^.*?[.!?](?=\s|$)/s)?.[0] ?? text;
}
