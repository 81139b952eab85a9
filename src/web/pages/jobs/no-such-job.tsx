import { Compass } from 'lucide-react';
import { Link } from 'react-router';
import { buttonClass } from '../../components/button.tsx';
import { EmptyState } from '../../components/states.tsx';

export function NoSuchJob() {
  return (
    <EmptyState
      icon={Compass}
      heading="h1"
      title="There is no such job"
      action={
        <Link to="/jobs" className={buttonClass()}>
          All jobs
        </Link>
      }
    >
      It may have been deleted or belong to somebody else, or the link is mistyped.
    </EmptyState>
  );
}
