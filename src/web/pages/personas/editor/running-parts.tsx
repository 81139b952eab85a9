import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { useRef } from 'react';
import { Button, IconButton } from '../../../components/button.tsx';
import { TextField } from '../../../components/field.tsx';
import { channels, channelWords } from '../persona-words.ts';
import { type BudgetName, budgetNames, isIn, most, type Starter } from './persona-draft.ts';
import { errorOf, type PartProps, Section } from './section.tsx';

const budgetWords: Readonly<Record<BudgetName, { title: string; hint: string }>> = {
  steps: { title: 'Steps', hint: 'How often the model may think again. 8 to 15 are usual.' },
  calls: { title: 'Calls', hint: 'How many tool calls. 10 to 30 are usual.' },
  seconds: { title: 'Seconds', hint: 'How long it may take. 60 to 300 are usual.' },
  tokens: { title: 'Tokens', hint: 'What goes to the model and comes back, a word or so each. Empty is no limit.' },
};

/** How much one answer may take. */
export function BudgetPart({ draft, change, problems }: PartProps) {
  return (
    <Section
      title="Budget for one answer"
      hint="Where one of these is reached, the persona pauses and asks whether it may go on."
    >
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        {budgetNames.map((name) => (
          <TextField
            key={name}
            label={budgetWords[name].title}
            value={draft.budget[name]}
            onValue={(text) => change({ budget: { ...draft.budget, [name]: text } })}
            error={errorOf(problems, `budget.${name}`)}
            hint={`${budgetWords[name].hint}${name === 'tokens' ? '' : ` At most ${most.budget[name]}.`}`}
            placeholder={name === 'tokens' ? 'no limit' : ''}
            inputMode="numeric"
            autoComplete="off"
          />
        ))}
      </div>
    </Section>
  );
}

/** Where it may be written to. */
export function ChannelPart({ draft, change, problems }: PartProps) {
  return (
    <Section title="Where it answers" problem={errorOf(problems, 'channels') ?? undefined}>
      <fieldset className="grid gap-1 sm:grid-cols-2">
        <legend className="sr-only">Channels</legend>
        {channels.map((channel) => (
          <label key={channel} className="flex min-h-11 items-start gap-2.5 py-1.5">
            <input
              type="checkbox"
              checked={isIn(draft.channels, channel)}
              onChange={({ target }) =>
                change({
                  channels: channels.filter((one) => (one === channel ? target.checked : isIn(draft.channels, one))),
                })
              }
              aria-label={channelWords[channel].title}
              aria-describedby={`channel-${channel}`}
              className="mt-0.5 size-4.5 shrink-0 accent-accent"
            />
            <span className="grid">
              {channelWords[channel].title}
              <span id={`channel-${channel}`} className="text-ink-2 text-xs text-pretty">
                {channelWords[channel].hint}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
    </Section>
  );
}

/** Sentences people can begin with. */
export function StarterPart({ draft, change, problems }: PartProps) {
  const list = useRef<HTMLOListElement>(null);
  const { starters } = draft;
  const set = (next: readonly Starter[]) => change({ starters: next });
  const focusRow = (index: number, part: 'input' | 'button' = 'input') =>
    requestAnimationFrame(() => list.current?.children[index]?.querySelector<HTMLElement>(part)?.focus());
  const add = () => {
    set([...starters, { key: 1 + Math.max(-1, ...starters.map(({ key }) => key)), text: '' }]);
    focusRow(starters.length);
  };
  const remove = (index: number) => {
    set(starters.filter((_, other) => other !== index));
    focusRow(Math.max(0, index - 1));
  };
  const move = (index: number, by: -1 | 1) => {
    const next = [...starters];
    next.splice(index + by, 0, ...next.splice(index, 1));
    set(next);
    focusRow(index + by);
  };
  return (
    <Section
      title="Starter prompts"
      hint={`Offered to people who begin a conversation. Up to ${most.starters}.`}
      problem={problems.starters}
    >
      {starters.length > 0 && (
        <ol ref={list} className="grid gap-2">
          {starters.map((starter, index) => (
            <li key={starter.key} className="flex items-start gap-1">
              <TextField
                label={<span className="sr-only">Starter prompt {index + 1}</span>}
                value={starter.text}
                onValue={(text) => set(starters.map((one) => (one.key === starter.key ? { ...one, text } : one)))}
                error={errorOf(problems, `starters.${index}`)}
                className="flex-1 gap-0!"
                maxLength={200}
                autoComplete="off"
              />
              <IconButton
                label={`Move starter prompt ${index + 1} up`}
                disabled={index === 0}
                onClick={() => move(index, -1)}
              >
                <ArrowUp className="size-4" aria-hidden />
              </IconButton>
              <IconButton
                label={`Move starter prompt ${index + 1} down`}
                disabled={index === starters.length - 1}
                onClick={() => move(index, 1)}
              >
                <ArrowDown className="size-4" aria-hidden />
              </IconButton>
              <IconButton label={`Remove starter prompt ${index + 1}`} onClick={() => remove(index)}>
                <X className="size-4" aria-hidden />
              </IconButton>
            </li>
          ))}
        </ol>
      )}
      <Button className="justify-self-start" disabled={starters.length >= most.starters} onClick={add}>
        <Plus className="size-4" aria-hidden />
        Add a starter prompt
      </Button>
    </Section>
  );
}
