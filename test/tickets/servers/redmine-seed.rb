# What the tests need in a fresh Redmine, and what docs/sync.md tells people to make: the REST service switched on, a
# project, the custom field, a role for Sightline with just the permissions it needs, and two people.
# Run by `rails runner`; the API keys go to the file that SIGHTLINE_TOKENS names.
Redmine::DefaultData::Loader.load('en') if Redmine::DefaultData::Loader.no_data?
Setting.rest_api_enabled = '1'
Setting.text_formatting = ENV.fetch('SIGHTLINE_FORMATTING')
Setting.default_language = 'en'

bug = Tracker.find_by!(name: 'Bug')
incident = IssueCustomField.create!(name: 'Incident', field_format: 'string', is_for_all: true, is_filter: true,
                                    trackers: Tracker.all)
severity = IssueCustomField.create!(name: 'Severity', field_format: 'string', is_for_all: true, trackers: Tracker.all)

project = Project.create!(name: 'Incidents', identifier: 'incidents', is_public: false, trackers: Tracker.all,
                          enabled_module_names: %w[issue_tracking wiki])
WikiPage.create!(wiki: project.wiki, title: 'Secret', content: WikiContent.new(text: 'wiki page')) if project.wiki
Project.create!(name: 'Other', identifier: 'other', is_public: false, trackers: Tracker.all,
                enabled_module_names: %w[issue_tracking])

role = Role.create!(name: 'Sightline', assignable: false, issues_visibility: 'all', users_visibility: 'members_of_visible_projects',
                    permissions: %i[view_issues add_issues edit_issues add_issue_notes])
# A role's status changes are its workflow: Sightline's may go wherever a manager's may.
WorkflowRule.copy(nil, Role.find_by!(name: 'Manager'), Tracker.all, [role])

keys = {}
[['sightline', role], ['alice', Role.find_by!(name: 'Manager')], ['bob', Role.find_by!(name: 'Manager')],
 ['stranger', nil]].each do |login, its_role|
  user = User.new(firstname: login.capitalize, lastname: 'Example', mail: "#{login}@example.org", language: 'en')
  user.login = login
  user.password = user.password_confirmation = "#{login}-password"
  user.save!
  user.pref.update!(hide_mail: false)
  Member.create!(project: project, principal: user, roles: [its_role]) if its_role
  keys[login] = user.api_key
end

File.write(ENV.fetch('SIGHTLINE_TOKENS'),
           JSON.generate(keys: keys, incidentField: incident.id, severityField: severity.id, tracker: bug.id))
