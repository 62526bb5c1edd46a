/** What a project is called, who works on it, from where it takes events; and its end. */
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { projectQuery } from '../../api/projects.ts'
import { whoMay } from '../../parts/access.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { useOrg } from '../../parts/organization.ts'
import { ProjectHead, useProject } from '../../parts/project-head.tsx'
import { BlockSkeleton } from '../../parts/skeletons.tsx'
import { AllowedDomains } from './allowed-domains.tsx'
import { DangerZone } from './danger-zone.tsx'
import { Environments } from './environments.tsx'
import { General } from './general.tsx'
import classes from './project-settings.module.css'
import { ProjectTeams } from './project-teams.tsx'

export function ProjectSettingsPage() {
  const slug = useProject()
  const org = useOrg()
  const project = useQuery(projectQuery(org, slug))
  return (
    <>
      <ProjectHead project={slug} side="Settings" />
      <Loaded
        query={project}
        what="The project could not be loaded"
        skeleton={<BlockSkeleton height={720} />}
      >
        {(details) => {
          const mayWrite = details.access.includes('project:write')
          const mayDelete = details.access.includes('project:admin')
          return (
            <div className={classes.page} key={details.id}>
              {!mayWrite && <Text c="dimmed">You can look at the settings. {whoMay('project:write')}</Text>}
              <General project={details} mayWrite={mayWrite} />
              <ProjectTeams project={details} mayWrite={mayWrite} />
              <AllowedDomains project={details} mayWrite={mayWrite} />
              <Environments project={details} mayWrite={mayWrite} />
              {mayDelete && <DangerZone project={details} />}
            </div>
          )
        }}
      </Loaded>
    </>
  )
}
