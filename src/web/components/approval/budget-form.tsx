import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import { describeError, ProblemError } from '../../api-client.ts';
import { useDecide } from '../../approval-queries.ts';
import { formatCount } from '../../format.ts';
import { useAnnounce } from '../announcements.tsx';
import { Button } from '../button.tsx';
import { Form } from '../form.tsx';
import { NamedTextField } from '../form-fields.tsx';
import type { FormValues } from '../form-values.ts';
import { budgetUnit } from './approval-words.ts';

/** Whether the work goes on within so many more, or stops with what it has. */
export function BudgetForm({
  approval,
  budget,
  onProblem,
  onDecide,
}: {
  approval: ApprovalView;
  budget: NonNullable<ApprovalView['budget']>;
  onProblem: (problem: string | null) => void;
  onDecide: () => void;
}) {
  const decide = useDecide();
  const announce = useAnnounce();
  const goOn = async (values: FormValues) => {
    onProblem(null);
    const more = readMore(values.text('more'), budget.more);
    onDecide();
    try {
      await decide.mutateAsync({ approval, decision: 'approve', more });
      announce(`Continued with up to ${formatCount(more)} more.`);
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'INPUT_INVALID') throw error;
      onProblem(describeError(error));
    }
    return undefined;
  };
  const stop = async () => {
    onProblem(null);
    onDecide();
    try {
      await decide.mutateAsync({ approval, decision: 'deny' });
      announce('Not continued. The persona sums up what it has.');
    } catch (error) {
      onProblem(describeError(error));
    }
  };
  return (
    <Form
      label="Continue or not"
      submit="Continue"
      sending="Continuing…"
      disabled={decide.isPending}
      beside={
        <Button disabled={decide.isPending} onClick={() => void stop()}>
          Do not continue
        </Button>
      }
      onSend={goOn}
    >
      <div className="max-w-72">
        <NamedTextField
          name="more"
          label={`Continue with how many more ${budgetUnit(budget)}?`}
          hint={`At most ${formatCount(budget.more)}. Without more, it tells what it has and leaves the rest.`}
          type="number"
          inputMode="numeric"
          min={1}
          max={budget.more}
          step={1}
          defaultValue={budget.more}
          required
        />
      </div>
    </Form>
  );
}

function readMore(text: string, most: number): number {
  const more = Number(text);
  if (Number.isInteger(more) && more >= 1 && more <= most) return more;
  throw new ProblemError({
    status: 400,
    code: 'INPUT_INVALID',
    detail: most === 1 ? 'more: Must be 1.' : `more: Must be a whole number from 1 to ${formatCount(most)}.`,
  });
}
