/** How an application is connected: the DSN, the steps for its platform, and the line that turns green. */
import { Button, Select, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconKey, IconKeyOff } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { linkOptions, useNavigate, useSearch } from '@tanstack/react-router'
import { type ClientKey, keysQuery } from '../../api/keys.ts'
import { type Project, projectQuery, updateProject } from '../../api/projects.ts'
import { useCan } from '../../parts/access.tsx'
import { CopyField } from '../../parts/copy.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { sayDone, sayFailed } from '../../parts/notices.ts'
import { useOrg } from '../../parts/organization.ts'
import { PageHead } from '../../parts/page-head.tsx'
import { PlatformIcon } from '../../parts/platforms/platform-icon.tsx'
import { platformOf } from '../../parts/platforms/platforms.ts'
import { useProject } from '../../parts/project-head.tsx'
import { BlockSkeleton } from '../../parts/skeletons.tsx'
import { GuideSteps } from './guide-steps.tsx'
import { guidesFor } from './guides.ts'
import { PlatformChoice } from './platform-choice.tsx'
import type { SetupSearch } from './search.ts'
import classes from './setup.module.css'
import type { GuideKey } from './snippets/guide.ts'
import { useWatch } from './watch.ts'
import { WatchCard } from './watch-card.tsx'

export function SetupPage() {
  const slug = useProject()
  const org = useOrg()
  const project = useQuery(projectQuery(org, slug))
  const keys = useQuery(keysQuery(org, slug))
  const name = project.data?.name ?? slug
  return (
    <>
      <PageHead
        title={`Connect ${name}`}
        crumbs={[
          { label: 'Projects', link: linkOptions({ to: '/' }) },
          { label: name, link: linkOptions({ to: '/projects/$project', params: { project: slug } }) },
        ]}
        note="A few lines in your application, and its first event is here."
        documentTitle={`Set up · ${name}`}
        action={
          <ButtonLink to="/projects/$project" params={{ project: slug }} variant="default">
            Go to the overview
          </ButtonLink>
        }
      />
      <Loaded
        query={project}
        what="The project could not be loaded"
        skeleton={<BlockSkeleton height={520} />}
      >
        {(details) => (
          <Loaded query={keys} what="The keys could not be loaded" skeleton={<BlockSkeleton height={520} />}>
            {(all) => <Connect project={details} senders={sendersOf(all)} />}
          </Loaded>
        )}
      </Loaded>
    </>
  )
}

type Receiver = Pick<Project, 'slug' | 'name' | 'platform' | 'access'>

/** An active key. */
type Sender = GuideKey & Pick<ClientKey, 'name' | 'rotatedTo'>

/** Those to begin with first: the oldest, except that one which was rotated comes after what has replaced it. */
function sendersOf(keys: readonly (Sender & Pick<ClientKey, 'isActive'>)[]): readonly Sender[] {
  const active = keys.filter(({ isActive }) => isActive).toReversed()
  return [
    ...active.filter((key) => key.rotatedTo === null),
    ...active.filter((key) => key.rotatedTo !== null),
  ]
}

interface ConnectProps {
  readonly project: Receiver
  readonly senders: readonly Sender[]
}

function Connect({ project, senders }: ConnectProps) {
  const search = useSearch({ strict: false }) as SetupSearch
  const sender = senders.find((key) => key.public === search.key) ?? senders[0]
  if (sender === undefined) {
    return (
      <EmptyState
        icon={<IconKeyOff size={24} aria-hidden />}
        title="All keys are switched off"
        action={
          <ButtonLink to="/projects/$project/keys" params={{ project: project.slug }}>
            Go to the keys
          </ButtonLink>
        }
      >
        Applications send with the DSN of a key. Switch one on, or make a new one.
      </EmptyState>
    )
  }
  return <Connected project={project} senders={senders} sender={sender} search={search} />
}

function Connected(props: ConnectProps & { readonly sender: Sender; readonly search: SetupSearch }) {
  const { project, senders, sender, search } = props
  const watch = useWatch(useOrg(), project.slug)
  const navigate = useNavigate()
  const platform = search.platform ?? project.platform ?? 'other'
  const guides = guidesFor(platform)
  const guide = guides.find(({ id }) => id === search.with) ?? guides[0]
  const change = (changed: SetupSearch) =>
    void navigate({
      to: '/projects/$project/setup',
      params: { project: project.slug },
      search: { ...search, ...changed },
      replace: true,
      resetScroll: false,
    })
  return (
    <div className={classes.page}>
      <div className={classes.aside}>
        <WatchCard project={project.slug} dsn={sender.dsn.public} watch={watch} />
      </div>
      <Stack gap="lg" className={classes.main}>
        <div className={classes.choices}>
          <PlatformChoice
            platform={platform}
            onChange={(chosen) => change({ platform: chosen, with: undefined })}
          />
          {senders.length > 1 && (
            <Select
              aria-label="Key"
              className={classes.key}
              leftSection={<IconKey size={16} aria-hidden />}
              allowDeselect={false}
              data={senders.map((key) => ({ value: key.public, label: key.name }))}
              value={sender.public}
              onChange={(chosen) => change({ key: chosen ?? undefined })}
            />
          )}
          <fieldset aria-label="Way to send" className={classes.ways}>
            {guides.map(({ id, name }, index) => (
              <UnstyledButton
                key={id}
                className={classes.way}
                aria-pressed={id === guide?.id}
                onClick={() => change({ with: index === 0 ? undefined : id })}
              >
                {name}
              </UnstyledButton>
            ))}
          </fieldset>
          {platform !== (project.platform ?? 'other') && (
            <PlatformOffer project={project} platform={platform} />
          )}
        </div>
        <CopyField label="DSN" value={sender.dsn.public} />
        {guide !== undefined && <GuideSteps key={guide.id} guide={guide} sender={sender} />}
      </Stack>
    </div>
  )
}

/** Looking at another platform's guide changes nothing; this does. */
function PlatformOffer({ project, platform }: { readonly project: Receiver; readonly platform: string }) {
  const org = useOrg()
  const client = useQueryClient()
  const mayChange = useCan('project:write', project.access)
  const { mutate, isPending } = useMutation({
    mutationFn: () => updateProject(org, project.slug, { platform }),
    onSuccess: (saved) => {
      client.setQueryData(projectQuery(org, project.slug).queryKey, saved)
      void client.invalidateQueries({ queryKey: [org, 'projects'] })
      sayDone(`${project.name} is a ${platformOf(platform).name} project now.`)
    },
    onError: (error) => sayFailed(error, 'The platform could not be changed'),
  })
  if (!mayChange) return null
  return (
    <Text component="div" size="xs" c="dimmed" className={classes.offer}>
      <PlatformIcon platform={project.platform} size={16} />
      The project is set to {platformOf(project.platform).name}.
      <Button variant="subtle" size="compact-xs" loading={isPending} onClick={() => mutate()}>
        Set it to {platformOf(platform).name}
      </Button>
    </Text>
  )
}
