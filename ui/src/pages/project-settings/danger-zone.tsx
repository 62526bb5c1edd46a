import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { keysQuery } from '../../api/keys.ts'
import { deleteProject, type Project, projectQuery } from '../../api/projects.ts'
import { projectUsageQuery } from '../../api/usage.ts'
import { ConfirmByName } from '../../parts/confirm-by-name.tsx'
import { sayDone } from '../../parts/notices.ts'
import { useOrg } from '../../parts/organization.ts'
import { exact, plural } from '../../words/numbers.ts'
import classes from './project-settings.module.css'
import { Section } from './section.tsx'

export function DangerZone({ project }: { readonly project: Project }) {
  const org = useOrg()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [isOpen, { open, close }] = useDisclosure()
  const keys = useQuery({ ...keysQuery(org, project.slug), enabled: isOpen })
  const today = useQuery({
    ...projectUsageQuery(org, project.slug, { statsPeriod: '24h', category: ['error', 'transaction'] }),
    enabled: isOpen,
  })
  return (
    <Section title="Danger zone">
      <div className={`card ${classes.danger}`}>
        <div>
          <Text fw={600}>Delete this project</Text>
          <Text c="dimmed">Its events, keys and settings go with it, and its DSNs stop working.</Text>
        </div>
        <Button color="red" variant="outline" onClick={open}>
          Delete project
        </Button>
      </div>
      <ConfirmByName
        isOpen={isOpen}
        onClose={close}
        title={`Delete the project ${project.name}`}
        name={project.slug}
        label="Delete project"
        failed="The project could not be deleted"
        onConfirm={async () => {
          await deleteProject(org, project.slug)
          await navigate({ to: '/' })
          client.removeQueries({ queryKey: projectQuery(org, project.slug).queryKey })
          void client.invalidateQueries({ queryKey: [org, 'projects'] })
          sayDone(`The project “${project.name}” is deleted.`)
        }}
      >
        <Text>
          All stored events of {project.name} are lost, with{' '}
          {keys.data === undefined ? 'its keys' : plural(keys.data.length, 'key')} and all settings.{' '}
          {today.data !== undefined &&
            (today.data.total === 0
              ? 'Nothing was sent to it in the last 24 hours.'
              : `${exact(today.data.total)} events were sent to it in the last 24 hours.`)}{' '}
          Senders are refused from now on. Nothing brings it back.
        </Text>
      </ConfirmByName>
    </Section>
  )
}
