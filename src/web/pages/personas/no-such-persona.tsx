import { UserX } from 'lucide-react';
import { Link } from 'react-router';
import { buttonClass } from '../../components/button.tsx';
import { EmptyState } from '../../components/states.tsx';

export function NoSuchPersona() {
  return (
    <EmptyState
      icon={UserX}
      heading="h1"
      title="There is no such persona"
      action={
        <Link to="/personas" className={buttonClass()}>
          See the personas
        </Link>
      }
    >
      It may belong to another organization, or its file was removed.
    </EmptyState>
  );
}
