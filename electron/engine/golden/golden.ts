import type { StoreView } from '../../../shared/contract/golden.ts';
import { checkPurpose, type EnvironmentClass, goldenName } from '../../../shared/domain/names.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineApi } from '../api.ts';
import { startedBy } from '../operations/started-by.ts';
import type { OperationKind } from '../operations/types.ts';
import type { EnvironmentTarget, VolumePlacement } from '../providers/provider.ts';
import { captureKind } from './capture.ts';
import { planCapture } from './capture-plan.ts';
import { nameTaken, planNeeded } from './capture-refusals.ts';
import { type Golden, storedEnvironment } from './context.ts';
import { decide, type Wish } from './decision.ts';
import { lastLeft } from './decision-content.ts';
import { gitInfo } from './git-info.ts';
import { createHelper } from './helper.ts';
import { removeKind, verifyKind } from './image-operations.ts';
import { dataFolder, environmentKey } from './layout.ts';
import { type DataChange, type DataOrigin, dataOrigin, measureChange } from './measure-change.ts';
import { createPlacement } from './placement.ts';
import { defaultNames, type GoldenDeps } from './ports.ts';
import { restoreKind, undoKind } from './restore.ts';
import { createStore, findImage, type StoreContent } from './store.ts';
import { createUpkeep, tidyKind, type Upkeep } from './upkeep.ts';
import { generationViews, imageView, restorePlan } from './views.ts';

export interface GoldenService {
  readonly api: EngineApi['golden'];
  readonly placement: VolumePlacement;
  /** To be registered with the operations runner. */
  readonly kinds: readonly OperationKind<never>[];
  /** Reads the store of the engine in use again: at start, and when another engine answers. Creates nothing. */
  refresh(signal: AbortSignal): Promise<void>;
  /** What Undo would bring back, as of the last look at the store. */
  undoState(environmentId: string): UndoState | null;
  /** All images, newest first, as of the last look at the store. */
  images(): ReturnType<typeof imageView>[];
  /** As of the last look; null before the first. */
  storeView(): StoreView | null;
  readonly upkeep: Upkeep;
  /** How the data of now differs from its last image. Undefined: it cannot be told, or there is none. Creates nothing. */
  measureChange(target: EnvironmentTarget, signal: AbortSignal): Promise<DataChange | undefined>;
  dataOrigin(target: EnvironmentTarget, signal: AbortSignal): Promise<DataOrigin | undefined>;
}

export interface UndoState {
  readonly generation: string;
  readonly leftAt: string;
  readonly keptUntil: string;
  readonly reason: string;
}

/** The golden store of the engine in use. Holds no truth of its own: everything is read from the store. */
export function createGolden(deps: GoldenDeps): GoldenService {
  const helper = createHelper(deps, deps.names ?? defaultNames);
  const store = createStore(deps, helper);
  const golden: Golden = { ...deps, helper, store };
  const capture = captureKind(golden);
  const restore = restoreKind(golden);
  const undo = undoKind(golden);
  const verify = verifyKind(golden);
  const remove = removeKind(golden);
  const tidy = tidyKind(golden);

  const images = () =>
    store.content().images.map(({ manifest, checked }) => imageView(manifest, checked, store.lastView()?.way ?? null));

  /** Names are unique within an environment: two stacks may both have a `before-migration` of today. */
  const isTaken = (environmentId: string, name: string): boolean =>
    store.content().images.some(({ manifest }) => manifest.name === name && manifest.environmentId === environmentId);

  async function refresh(signal: AbortSignal): Promise<void> {
    await store.view(signal);
  }

  /** The store is read again only for an image that the last look did not show. */
  async function known(imageId: string, signal: AbortSignal): Promise<StoreContent> {
    const content = await store.known(signal);
    return content.images.some(({ manifest }) => manifest.id === imageId) ? content : store.scan(signal);
  }

  async function plan(environmentId: string, wish: Wish, signal: AbortSignal) {
    const target = await deps.resolveTarget(environmentId, signal);
    if (!(await helper.exists(signal))) throw emptyStore(target, wish);
    const decision = await decide(golden, target, wish, 'planned', 'plan', signal);
    const stored = store.content().environments.get(environmentKey(target));
    const now = await deps.runtime.containers(target, signal);
    const manifest = wish.imageId === null ? undefined : findImage(store.content(), wish.imageId).manifest;
    const imageIds = Object.fromEntries(
      (manifest?.images ?? []).flatMap((image) => {
        const container = now.find((each) => each.service === image.service);
        return container === undefined
          ? []
          : [[image.service, { captured: image.imageId, current: container.imageId }]];
      }),
    );
    return restorePlan(target, decision, stored, {
      imageIds,
      freeBytes: store.freeBytes(),
      undoHours: Math.max(24, deps.settings().undoHours),
    });
  }

  async function named(target: EnvironmentTarget, purpose: string, tag: string | undefined, signal: AbortSignal) {
    const git = await gitInfo(target.folder, deps.runProcess, signal);
    const check = checkPurpose(purpose, { branch: git?.branch ?? null });
    const name = goldenName(target.class, check.ok ? purpose : check.suggestion, deps.clock.now(), tag);
    return { check, name };
  }

  const api: EngineApi['golden'] = {
    async list(input, call) {
      await refresh(call.signal);
      return images().filter(
        (image) => input.environmentId === undefined || image.environmentId === input.environmentId,
      );
    },
    async generations(input, call) {
      const target = await deps.resolveTarget(input.environmentId, call.signal);
      if (!(await helper.exists(call.signal))) return [];
      const stored = await storedEnvironment(golden, target, call.signal);
      if (stored === undefined) return [];
      const data = [...new Set([...stored.generations.values()].flatMap((each) => [...each.links.values()]))];
      const bytes = await store.usage(
        data.map((each) => dataFolder(stored.key, each)),
        call.signal,
      );
      return generationViews(stored, new Map(data.map((each, index) => [each, bytes[index] ?? null])));
    },
    store: (_input, call) => store.view(call.signal),
    async suggestName(input, call) {
      const target = await deps.resolveTarget(input.environmentId, call.signal);
      const purpose = input.purpose ?? '';
      const { check, name } = await named(target, purpose, undefined, call.signal);
      const taken = isTaken(target.id, name);
      if (!check.ok) return { name, purpose: check.suggestion, problem: purpose === '' ? null : check.reason };
      return { name, purpose, problem: taken ? nameTaken(name).message : null };
    },
    async planCapture(input, call) {
      return planCapture(golden, await deps.resolveTarget(input.environmentId, call.signal), call.signal);
    },
    async capture(input, call) {
      if (input.adopt === true && input.planHash === undefined) throw planNeeded(input.environmentId);
      const target = await deps.resolveTarget(input.environmentId, call.signal);
      const { check, name } = await named(target, input.purpose, input.tag, call.signal);
      if (!check.ok) throw vagueName(target.class, check.reason, name, check.suggestion);
      if (await helper.exists(call.signal)) await store.known(call.signal);
      if (isTaken(target.id, name)) throw nameTaken(name);
      return deps.operations.start(
        capture,
        {
          environmentId: target.id,
          name,
          purpose: input.purpose,
          note: input.note ?? null,
          by: call.actor.user,
          adopt: input.adopt ?? false,
          ...(input.planHash === undefined ? {} : { planHash: input.planHash }),
        },
        startedBy(call.actor),
      );
    },
    planRestore: (input, call) =>
      plan(input.environmentId, { imageId: input.imageId, services: input.services }, call.signal),
    async restore(input, call) {
      const target = await deps.resolveTarget(input.environmentId, call.signal);
      if (!(await helper.exists(call.signal))) throw emptyStore(target, input);
      const { manifest } = findImage(await known(input.imageId, call.signal), input.imageId);
      return deps.operations.start(
        restore,
        {
          environmentId: target.id,
          imageId: manifest.id,
          imageName: manifest.name,
          ...(input.services === undefined ? {} : { services: input.services }),
          ...(input.planHash === undefined ? {} : { planHash: input.planHash }),
        },
        startedBy(call.actor),
      );
    },
    planUndo: (input, call) => plan(input.environmentId, { imageId: null }, call.signal),
    async undo(input, call) {
      const target = await deps.resolveTarget(input.environmentId, call.signal);
      if (!(await helper.exists(call.signal))) throw emptyStore(target, { imageId: null });
      return deps.operations.start(
        undo,
        {
          environmentId: target.id,
          ...(input.planHash === undefined ? {} : { planHash: input.planHash }),
        },
        startedBy(call.actor),
      );
    },
    async verify(input, call) {
      await refresh(call.signal);
      const { manifest } = findImage(store.content(), input.imageId);
      return deps.operations.start(
        verify,
        {
          imageId: manifest.id,
          name: manifest.name,
          environmentId: manifest.environmentId,
        },
        startedBy(call.actor),
      );
    },
    async remove(input, call) {
      await refresh(call.signal);
      const { manifest } = findImage(store.content(), input.imageId);
      if (manifest.name !== input.name) throw otherName(manifest.name, input.name);
      return deps.operations.start(
        remove,
        {
          imageId: manifest.id,
          name: manifest.name,
          environmentId: manifest.environmentId,
        },
        startedBy(call.actor),
      );
    },
  };

  return {
    api,
    placement: createPlacement(golden),
    kinds: [capture, restore, undo, verify, remove, tidy] as unknown as readonly OperationKind<never>[],
    refresh,
    undoState(environmentId) {
      const stored = [...store.content().environments.values()].find((each) => each.environmentId === environmentId);
      const last = lastLeft(stored);
      if (last?.left == null) return null;
      return { generation: last.generation.id, ...last.left };
    },
    images,
    storeView: () => store.lastView(),
    upkeep: createUpkeep(golden, tidy),
    measureChange: (target, signal) => measureChange(golden, target, signal),
    dataOrigin: (target, signal) => dataOrigin(golden, target, signal),
  };
}

function vagueName(environmentClass: EnvironmentClass, reason: string, name: string, suggestion: string): AppError {
  return new AppError({
    code: 'golden.name-invalid',
    message: reason,
    remedy: `Say what the image is for, for example "${suggestion}": it would be named ${name}.`,
    details: { suggestion, name, class: environmentClass },
  });
}

function otherName(name: string, given: string): AppError {
  return new AppError({
    code: 'guard.refused',
    message: `The image is named ${name}, not ${given}.`,
    remedy: 'Give the name of the image that is to go. Nothing was removed.',
  });
}

function emptyStore(target: EnvironmentTarget, wish: Wish): AppError {
  if (wish.imageId === null) {
    return new AppError({
      code: 'golden.nothing-to-undo',
      message: `${target.id} has no earlier state to go back to.`,
      remedy: 'Capture a golden image first.',
    });
  }
  return new AppError({
    code: 'golden.not-found',
    message: 'The engine has no golden store yet, so there is no image to restore.',
    remedy: `Capture a golden image of ${target.id} first.`,
  });
}
