import type { TemplateQuestionView } from '#channels/http/contract/jobs.ts';
import { TextField } from '../../../components/field.tsx';
import { ModelField, PersonaField, ReadingToolField, SelectField, TimeZoneField } from '../fields/choice-fields.tsx';
import { DeliveriesField } from '../fields/deliveries-field.tsx';
import { type Problems, problemsIn } from '../fields/delivery-draft.ts';
import { LongField, type TextProps } from '../fields/long-field.tsx';
import { DatabaseField, TableField, TablesField, TeamField } from '../fields/place-fields.tsx';
import { useListedConnection } from '../fields/use-places.ts';
import { deliveriesOf, idsOf, textOf, type Written, type WrittenAnswers } from './answers.ts';
import { ReadFromField } from './read-from-field.tsx';

interface QuestionFieldProps {
  readonly question: TemplateQuestionView;
  readonly answers: WrittenAnswers;
  readonly problems: Problems;
  readonly onAnswer: (id: string, answer: Written) => void;
  /** What an e-mail with the answer is called. */
  readonly subject: string;
}

/** One question, asked in the way its kind is best answered. */
export function QuestionField({ question, answers, problems, onAnswer, subject }: QuestionFieldProps) {
  const connectionId = useListedConnection(null);
  const { id, label, help, kind, required, choices } = question;
  const value = textOf(answers, id);
  const field = {
    label: required || kind === 'persona' || kind === 'model' ? label : `${label} (optional)`,
    hint: help === '' ? undefined : help,
    error: problems[id] ?? null,
    value,
    onValue: (next: string) => onAnswer(id, next),
  };
  const place = { team: textOf(answers, 'team'), database: textOf(answers, 'database'), connectionId };
  switch (kind) {
    case 'persona':
      return <PersonaField {...field} leftOpen="Choose one that fits for me" />;
    case 'model':
      return <ModelField {...field} />;
    case 'choice':
      return <SelectField {...field} options={choices} />;
    case 'team':
      return <TeamField {...field} connectionId={connectionId} />;
    case 'database':
      return <DatabaseField {...field} {...place} />;
    case 'table':
      return <TableField {...field} {...place} />;
    case 'tables':
      return <TablesField {...field} {...place} value={idsOf(answers, id)} onValue={(ids) => onAnswer(id, ids)} />;
    case 'time_zone':
      return <TimeZoneField {...field} />;
    case 'tool':
      return <ReadingToolField {...field} />;
    case 'deliveries':
      return (
        <fieldset className="grid min-w-0 gap-2">
          <legend className="mb-1.5 font-medium">{label}</legend>
          <DeliveriesField
            value={deliveriesOf(answers, id)}
            onChange={(next) => onAnswer(id, next)}
            problems={problemsIn(problems, id)}
            subject={subject}
          />
        </fieldset>
      );
    case 'json':
      return id === 'arguments' ? (
        <ReadFromField {...field} tool={textOf(answers, 'tool')} persona={textOf(answers, 'persona')} />
      ) : (
        <LongField {...field} rows={6} code />
      );
    case 'text':
      return <LongField {...field} rows={4} />;
    case 'time':
      return <TextField {...textProps(field)} type="time" />;
    default:
      return <TextField {...textProps(field)} inputMode={kind === 'number' ? 'numeric' : 'text'} autoComplete="off" />;
  }
}

function textProps({ hint, ...field }: TextProps) {
  return hint === undefined ? field : { ...field, hint };
}
