import { FolderOpen } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useAction, useHello } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Field } from '../../ui/field.tsx';
import styles from './add-stack.module.css';
import { FolderBrowser } from './folder-browser.tsx';

/** The system's dialog where there is one, a walk through the folders where there is not; a path can always be typed. */
export function ChooseFolder(props: { readonly onChoose: (folder: string) => void }): ReactNode {
  const hello = useHello();
  const dialog = useAction();
  const [typed, setTyped] = useState('');
  const pick = async (): Promise<void> => {
    const picked = await dialog.run((client) =>
      client.call((api, options) => api.desktop.pickFolder({ title: 'Choose the folder of a stack' }, options), {
        deadlineMs: null,
      }),
    );
    if (picked?.folder != null) props.onChoose(picked.folder);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (typed.trim() !== '') props.onChoose(typed.trim());
  };
  const hasDialog = hello?.desktop.pickFolder === true;
  return (
    <>
      <form className={styles.choice} onSubmit={submit}>
        {hasDialog ? (
          <Button kind="primary" size="large" icon={FolderOpen} busy={dialog.busy} onClick={() => void pick()}>
            Choose a folder
          </Button>
        ) : null}
        <Field
          frameClassName={styles.path}
          className="mono"
          aria-label="Path of the folder"
          placeholder="or type its path"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button type="submit" disabled={typed.trim() === ''}>
          Look there
        </Button>
      </form>
      {dialog.error === null ? null : <ErrorNotice error={dialog.error} onDismiss={dialog.clear} />}
      {hello !== null && !hasDialog ? <FolderBrowser onChoose={props.onChoose} /> : null}
    </>
  );
}
