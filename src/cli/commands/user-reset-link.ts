import { createAuth } from '#auth/auth.ts';
import { resetLink } from '#auth/links.ts';
import type { Config } from '#config/config.ts';
import { openConfiguredDatabase } from '#db/open-database.ts';
import { createUserRepository } from '#db/repositories/users.ts';
import { ConfigError } from '#errors';
import { createLogger } from '#log';

/** A link for a new password, to be passed on by hand. It works once and for one hour. */
export async function makeResetLink(config: Config, email: string): Promise<string> {
  const log = createLogger({ level: 'silent' });
  const db = await openConfiguredDatabase({ url: config.databaseUrl, log });
  try {
    const user = await createUserRepository(db).findByEmail(email.trim().toLowerCase());
    if (user === null) {
      throw new ConfigError(`There is no account with the e-mail address “${email}”. Check how it is spelled.`);
    }
    const auth = createAuth({ db, secret: config.authSecret, secureCookies: false, log });
    return resetLink(publicUrlOf(config), await auth.createResetToken(user.id));
  } finally {
    await db.close();
  }
}

function publicUrlOf({ publicUrl, host, port }: Config): string {
  if (publicUrl !== null) return publicUrl;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
