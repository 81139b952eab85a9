import { useState } from 'react';
import { Link } from 'react-router';
import { linkClass } from '../../components/entry-frame.tsx';
import { Field, inputClass } from '../../components/field.tsx';
import { JsonBlock } from '../../components/json-block.tsx';
import { Panel } from '../../components/panel.tsx';
import { usePersonas } from '../../queries.ts';

/** What a program sends, ready to be copied: the addresses are this service's, the key stands in a variable. */
export function UseApiPanel() {
  const { data } = usePersonas();
  const [chosen, setChosen] = useState<string | null>(null);
  if (data === undefined) return null;
  const personas = data.items.filter(({ channels }) => channels.includes('api'));
  const persona = personas.find(({ id }) => id === chosen) ?? personas[0];
  if (persona === undefined) {
    return (
      <Panel
        title="Use it"
        intro={
          <>
            No persona answers programs yet. Tick the channel API of one of{' '}
            <Link to="/personas" className={linkClass}>
              your personas
            </Link>
            .
          </>
        }
      />
    );
  }
  return (
    <Panel
      title="Use it"
      intro="With a key that has the scope for writing to personas. Any client of OpenAI’s API works too: the model is a persona’s id."
    >
      {personas.length > 1 && (
        <Field label="Persona">
          {(ids) => (
            <select
              {...ids}
              value={persona.id}
              onChange={(event) => setChosen(event.target.value)}
              className={inputClass}
            >
              {personas.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {snippetsFor(window.location.origin, persona.id).map(({ label, text }) => (
        <JsonBlock key={label} label={label} value={text} />
      ))}
    </Panel>
  );
}

function snippetsFor(origin: string, personaId: string): readonly { label: string; text: string }[] {
  return [
    {
      label: 'A message, with curl',
      text: [
        `curl '${origin}/api/v1/personas/${personaId}/messages'`,
        '-H "Authorization: Bearer $API_KEY"',
        "-H 'Content-Type: application/json'",
        '-H "Idempotency-Key: $(uuidgen)"',
        `-d '{ "text": "Hello" }'`,
      ].join(' \\\n  '),
    },
    {
      label: 'OpenAI’s API, with curl',
      text: [
        `curl '${origin}/v1/chat/completions'`,
        '-H "Authorization: Bearer $API_KEY"',
        "-H 'Content-Type: application/json'",
        `-d '{ "model": "${personaId}", "messages": [{ "role": "user", "content": "Hello" }] }'`,
      ].join(' \\\n  '),
    },
    {
      label: 'OpenAI’s API, with its JavaScript client',
      text: [
        "import OpenAI from 'openai';",
        '',
        `const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: process.env.API_KEY });`,
        'const answer = await client.chat.completions.create({',
        `  model: '${personaId}',`,
        "  messages: [{ role: 'user', content: 'Hello' }],",
        '});',
        'console.log(answer.choices[0].message.content);',
      ].join('\n'),
    },
  ];
}
