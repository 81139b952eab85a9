import { CircleCheck, LoaderCircle } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/states.tsx';
import { asksAddress, placeOf, testedNow } from './connect-draft.ts';
import type { StepProps } from './connect-steps.tsx';
import { countOf, hostOf, plainProblem } from './connection-words.ts';
import { KeyField } from './key-field.tsx';
import { SeenList } from './seen-list.tsx';

/** The key, and what the service says about it. */
export function KeyFields({
  integration,
  draft,
  change,
  missing,
  testing,
  error,
  onChangeAddress,
}: StepProps & { testing: boolean; error: unknown; onChangeAddress: () => void }) {
  const place = placeOf(draft, integration);
  const tested = testedNow(draft, integration);
  const host = hostOf(asksAddress(place) ? draft.address.trim() : (place?.baseUrl ?? ''));
  return (
    <>
      {place?.bringsKey === true ? (
        <p className="text-ink-2">The stand-in brings its own key: there is nothing to paste.</p>
      ) : (
        <KeyField
          label="API key"
          value={draft.key}
          disabled={testing}
          error={missing}
          {...(integration.keyHelp === null ? {} : { hint: integration.keyHelp })}
          onValue={(key) => change({ key })}
        />
      )}
      <div role="status" className="empty:hidden">
        {testing && (
          <p className="flex items-center gap-2 text-ink-2">
            <LoaderCircle className="size-4 animate-spin" aria-hidden />
            <span className="wrap-anywhere">Asking {host === '' ? integration.title : host} what the key can see…</span>
          </p>
        )}
        {!testing && tested !== null && tested.sees.length > 0 && (
          <Notice
            tone="good"
            icon={CircleCheck}
            title={`The key works. It can see ${countOf(tested.sees.length, 'team')}.`}
          >
            <div className="pt-1.5">
              <SeenList label="What the key can see" items={tested.sees} />
            </div>
          </Notice>
        )}
      </div>
      {!testing && tested !== null && tested.sees.length === 0 && (
        <Notice tone="warn" role="alert" title="The key works, but it cannot see a single team">
          A persona could do nothing with it. Use a key of somebody who belongs to a team, or have that person invited
          to one, then test again.
        </Notice>
      )}
      {!testing && error !== null && (
        <Notice
          tone="bad"
          role="alert"
          title="That did not work"
          action={asksAddress(place) ? <Button onClick={onChangeAddress}>Change the address</Button> : undefined}
        >
          {plainProblem(error)}
        </Notice>
      )}
    </>
  );
}
