import { Check, ChevronsUpDown, LogOut, Plus, Settings } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { accountApi } from '../account-api.ts';
import { describeError } from '../api-client.ts';
import { forgetDrafts, useSession } from '../session.tsx';
import { roleWords } from '../words.ts';
import { useAnnounce } from './announcements.tsx';
import { buttonClass } from './button.tsx';
import { CreateOrganization } from './create-organization.tsx';
import { Modal } from './modal.tsx';
import { Popover } from './popover.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

const row = 'w-full justify-start! gap-2.5! px-2.5! text-start';

/** Which organization one works in, and the way to another. */
export function OrganizationSwitcher({ className = '' }: { className?: string }) {
  const { organization, organizations } = useSession();
  const [creating, setCreating] = useState(false);
  const announce = useAnnounce();
  const change = async (id: string) => {
    try {
      await accountApi.chooseOrganization(id);
      // The page starts anew: nothing of the organization before may stay on it.
      window.location.assign('/');
    } catch (error) {
      announce(describeError(error), 'bad');
    }
  };
  return (
    <>
      <Popover
        label="Organizations"
        triggerLabel={`Organization: ${organization?.name ?? 'none'}. Change`}
        place="below-start"
        className={`min-w-0 justify-between! py-1.5 ${className}`}
        closesOnChoice
        trigger={
          <>
            <span className="flex min-w-0 flex-col items-start gap-0.5">
              <span className="max-w-full truncate font-semibold text-ink" title={organization?.name}>
                {organization?.name ?? 'No organization'}
              </span>
              {organization?.isDemo === true && <DemoMark />}
            </span>
            <ChevronsUpDown className="size-4 shrink-0" aria-hidden />
          </>
        }
      >
        <div className="-m-2 grid gap-1">
          <h2 className="px-2.5 pt-1 font-semibold text-ink-3 text-xs">Organizations</h2>
          <ul className="grid gap-0.5">
            {organizations.map((one) => {
              const here = one.id === organization?.id;
              return (
                <li key={one.id}>
                  <button
                    type="button"
                    aria-current={here ? 'true' : undefined}
                    onClick={() => here || void change(one.id)}
                    className={buttonClass('quiet', `${row} py-1.5`)}
                  >
                    <Check className={`size-4 shrink-0 text-accent ${here ? '' : 'invisible'}`} aria-hidden />
                    <span className="grid min-w-0 flex-1">
                      <span className="truncate text-ink">{one.name}</span>
                      <span className="font-normal text-ink-3 text-xs">{roleWords[one.role].title}</span>
                    </span>
                    {one.isDemo && <DemoMark />}
                  </button>
                </li>
              );
            })}
          </ul>
          <button
            type="button"
            onClick={() => setCreating(true)}
            className={buttonClass('quiet', `${row} border-line border-t rounded-t-none!`)}
          >
            <Plus className="size-4 shrink-0" aria-hidden />
            New organization
          </button>
        </div>
      </Popover>
      <Modal open={creating} title="New organization" onClose={() => setCreating(false)}>
        <CreateOrganization onCancel={() => setCreating(false)} />
      </Modal>
    </>
  );
}

function DemoMark() {
  return (
    <span className="shrink-0 rounded-md bg-warn-soft px-1.5 py-0.5 font-medium text-2xs text-warn leading-none">
      Demo
    </span>
  );
}

/** The signed-in person: who, in which role, and the way out. */
export function PersonMenu({ layout }: { layout: 'side' | 'bar' }) {
  const { user, organization, role } = useSession();
  const announce = useAnnounce();
  const signOut = async () => {
    try {
      await accountApi.signOut();
    } catch (error) {
      announce(describeError(error), 'bad');
      return;
    }
    forgetDrafts();
    // Loads the page anew: nothing of the person stays in this tab.
    window.location.assign('/sign-in');
  };
  return (
    <Popover
      label="Your account"
      triggerLabel={`Your account: ${user.name}`}
      place={layout === 'side' ? 'above-start' : 'below-end'}
      className={layout === 'side' ? 'w-full justify-start! px-2! py-1.5' : 'min-w-11 px-1.5!'}
      closesOnChoice
      trigger={
        <>
          <Initials name={user.name} />
          {layout === 'side' && (
            <span className="grid min-w-0 flex-1 text-start">
              <span className="truncate text-ink">{user.name}</span>
              {role !== null && <span className="font-normal text-ink-3 text-xs">{roleWords[role].title}</span>}
            </span>
          )}
        </>
      }
    >
      <div className="-m-2 grid gap-1">
        <div className="grid gap-0.5 px-2.5 pt-1 pb-2">
          <p className="truncate font-semibold">{user.name}</p>
          <p className="truncate text-ink-2 text-xs">{user.email}</p>
          {organization !== null && role !== null && (
            <p className="mt-1 flex flex-wrap items-center gap-1.5 text-ink-2 text-xs">
              <span className="wrap-anywhere">
                {roleWords[role].title} in {organization.name}
              </span>
              {organization.isDemo && <DemoMark />}
            </p>
          )}
        </div>
        <div className="flex items-center justify-between border-line border-t ps-2.5 pt-1">
          Theme <ThemeToggle />
        </div>
        <Link to="/settings/account" className={buttonClass('quiet', row)}>
          <Settings className="size-4 shrink-0" aria-hidden />
          Account settings
        </Link>
        <button type="button" onClick={() => void signOut()} className={buttonClass('quiet', row)}>
          <LogOut className="size-4 shrink-0" aria-hidden />
          Sign out
        </button>
      </div>
    </Popover>
  );
}

function Initials({ name }: { name: string }) {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => firstLetter(word ?? ''));
  return (
    <span
      aria-hidden
      className="grid size-8 shrink-0 place-items-center rounded-full bg-accent-soft font-semibold text-accent text-xs uppercase"
    >
      {letters.join('')}
    </span>
  );
}

function firstLetter(word: string): string {
  for (const { segment } of new Intl.Segmenter().segment(word)) return segment;
  return '';
}
