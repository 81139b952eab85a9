import { TextField } from '../../../components/field.tsx';
import { TimeZoneField } from './choice-fields.tsx';
import { SchedulePreview } from './schedule-preview.tsx';

/** When, in words or as cron, with what it means while it is typed. */
export function ScheduleField({
  when,
  timeZone,
  onChange,
  errors,
}: {
  when: string;
  timeZone: string;
  onChange: (patch: { when?: string; timeZone?: string }) => void;
  errors: { readonly when?: string | null | undefined; readonly timeZone?: string | null | undefined };
}) {
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <TextField
          label="When"
          value={when}
          onValue={(next) => onChange({ when: next })}
          error={errors.when}
          maxLength={120}
          autoComplete="off"
          placeholder="every weekday at 8"
          hint="In plain words, such as “every weekday at 8” or “on the 1st at 9:30”; or a cron expression."
        />
        <TimeZoneField
          label="Time zone"
          value={timeZone}
          onValue={(next) => onChange({ timeZone: next })}
          error={errors.timeZone}
        />
      </div>
      <SchedulePreview when={when} timeZone={timeZone} />
    </div>
  );
}
