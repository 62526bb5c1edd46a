import { expect, test } from 'vitest'
import { stepsFor } from './steps.ts'

const chosen = { flags: { has_generated_password: false } }
const generated = { flags: { has_generated_password: true } }

test('the password is asked for only while it is the one that the server made up', () => {
  const owner = { ofOrganization: ['org:read', 'org:write'], mayMake: true }
  expect(stepsFor(generated, owner)).toEqual(['password', 'organization', 'project'])
  expect(stepsFor(chosen, owner)).toEqual(['organization', 'project'])
})

test('nobody is asked what their role does not let them do', () => {
  expect(stepsFor(chosen, { ofOrganization: ['org:read'], mayMake: true })).toEqual(['project'])
  expect(stepsFor(chosen, { ofOrganization: ['org:read'], mayMake: false })).toEqual([])
})

test('who belongs to no organization makes one, and a project in it', () => {
  expect(stepsFor(chosen, undefined)).toEqual(['organization', 'project'])
})
