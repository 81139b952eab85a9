import { Bubble } from './messages.tsx';
import type { FrameWords } from './words.ts';

/** What the chat begins with: the greeting, and questions to choose from as long as none was asked. */
export function Welcome(props: {
  greeting: string;
  personaName: string;
  starters: readonly string[];
  words: FrameWords;
  onStart: (text: string) => void;
}) {
  const { greeting, starters, words, onStart } = props;
  return (
    <div className="grid grid-cols-1 gap-4 empty:hidden">
      {greeting !== '' && (
        <Bubble>
          <p className="whitespace-pre-wrap wrap-anywhere text-[0.9375rem] leading-relaxed">{greeting}</p>
        </Bubble>
      )}
      {starters.length > 0 && (
        <ul aria-label={words.starters} className="grid justify-items-end gap-2">
          {starters.map((starter) => (
            <li key={starter} className="max-w-[90%]">
              <button
                type="button"
                onClick={() => onStart(starter)}
                className="min-h-11 rounded-2xl border border-accent px-3.5 py-1.5 text-start text-[0.9375rem] text-accent leading-snug transition-colors hover:bg-accent-soft"
              >
                {starter}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
