import { type MouseEvent, type ReactNode, useEffect, useState } from 'react';
import type { PortView } from '../../../shared/contract/environments.ts';
import { useAppClient } from '../../client/app-client.ts';
import { useHello } from '../../client/hooks.ts';
import { openAddress } from '../../client/open-address.ts';
import { copyText } from '../../ui/copy-button.tsx';
import { cx } from '../../ui/cx.ts';
import { portAddress, publishedPorts } from './port-words.ts';
import styles from './stack.module.css';

/** A published port: click opens it in the browser, right-click copies its address. */
export function PortLink({ port, wide }: { readonly port: PortView; readonly wide?: boolean }): ReactNode {
  const client = useAppClient();
  const hello = useHello();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1200);
    return () => clearTimeout(timer);
  }, [copied]);
  const address = portAddress(port);
  const copy = (event: MouseEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    void copyText(address).then(
      () => setCopied(true),
      () => undefined,
    );
  };
  const text = wide === true ? `${port.hostPort} → ${port.containerPort}` : String(port.hostPort);
  if (port.protocol !== 'tcp')
    return (
      <span title={`${address}/${port.protocol}`} className="sel">
        {text}/{port.protocol}
      </span>
    );
  return (
    <button
      type="button"
      tabIndex={wide === true ? 0 : -1}
      className={cx('link', styles.port)}
      title={`Open http://${address}, right-click copies ${address}`}
      aria-label={`Open port ${port.hostPort}`}
      onContextMenu={copy}
      onClick={(event) => {
        event.stopPropagation();
        void openAddress(client, hello, `http://${address}`).catch(() => undefined);
      }}
    >
      {copied ? 'copied' : text}
    </button>
  );
}

/** The first published port of a service, and how many more there are. Only what runs can be opened. */
export function Ports({ ports, open }: { readonly ports: readonly PortView[]; readonly open: boolean }): ReactNode {
  const published = publishedPorts(ports);
  const first = published[0];
  if (first === undefined) return <span className="t3">none</span>;
  return (
    <>
      {open ? <PortLink port={first} /> : <span className="t3">{first.hostPort}</span>}
      {published.length === 1 ? null : (
        <span className="t3" title={published.map((port) => portAddress(port)).join('\n')}>
          {' '}
          +{published.length - 1}
        </span>
      )}
    </>
  );
}
