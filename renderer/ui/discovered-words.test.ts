import { expect, it } from 'vitest';
import type { DiscoveredProject } from '../../shared/contract/compose-projects.ts';
import { discoveredSummary, runningWords } from './discovered-words.ts';

const project = (running: number, total: number): DiscoveredProject => ({
  projectName: 'shop',
  folder: '/shop',
  files: [],
  services: [],
  containers: { running, total },
  createdAt: null,
  problem: null,
});

it('says how many containers run', () => {
  expect(runningWords(project(0, 2))).toBe('none of 2 running');
  expect(runningWords(project(1, 2))).toBe('1 of 2 running');
});

it('counts what runs, and what is stopped where nothing runs', () => {
  expect(discoveredSummary([project(1, 1), project(0, 1)])).toBe('1 Compose project runs on this engine');
  expect(discoveredSummary([project(1, 1), project(2, 3)])).toBe('2 Compose projects run on this engine');
  expect(discoveredSummary([project(0, 1)])).toBe('1 stopped Compose project is on this engine');
  expect(discoveredSummary([project(0, 1), project(0, 2)])).toBe('2 stopped Compose projects are on this engine');
});
