# What the tests need in a fresh Request Tracker, and what docs/sync.md tells people to make: a queue, the custom field,
# an account for Sightline with just the rights it needs, and two people. Loaded by rt-setup-database --action insert.
@Queues = ({ Name => 'Incidents', Description => 'Security incidents' }, { Name => 'Other' });

@CustomFields = (
    { Name => 'Incident', Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket', Queue => 'Incidents' },
    { Name => 'Severity', Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket', Queue => 'Incidents' },
);

@Users = (
    { Name => 'sightline', EmailAddress => 'sightline@example.org', RealName => 'Sightline', Privileged => 1 },
    { Name => 'alice', EmailAddress => 'alice@example.org', RealName => 'Alice', Password => 'alice-password', Privileged => 1 },
    { Name => 'bob', EmailAddress => 'bob@example.org', RealName => 'Bob', Password => 'bob-password', Privileged => 1 },
    { Name => 'stranger', EmailAddress => 'stranger@example.org', Privileged => 1 },
);

@Groups = ({ Domain => 'UserDefined', Name => 'Analysts', Members => { Users => ['alice', 'bob'] } });

@ACL = (
    (map { { UserId => 'sightline', Queue => 'Incidents', Right => $_ } }
        qw(SeeQueue CreateTicket ShowTicket ShowTicketComments CommentOnTicket ModifyTicket SeeCustomField
           SetInitialCustomField ReassignTicket)),
    (map { { GroupDomain => 'UserDefined', GroupId => 'Analysts', Queue => 'Incidents', Right => $_ } }
        qw(SeeQueue ShowTicket ShowTicketComments CommentOnTicket ReplyToTicket ModifyTicket OwnTicket TakeTicket
           SeeCustomField ModifyCustomField CreateTicket)),
);

# Access tokens are shown once, when they are made: they go to the file that the tests name.
@Final = (sub {
    open my $out, '>', $ENV{SIGHTLINE_TOKENS} or die "cannot write the tokens: $!";
    for my $name (qw(sightline alice bob stranger)) {
        my $user = RT::User->new(RT->SystemUser);
        $user->Load($name);
        my $token = RT::AuthToken->new(RT->SystemUser);
        my ($ok, $message, $text) = $token->Create(Owner => $user->Id, Description => 'tests');
        die $message unless $ok;
        print {$out} "$name $text\n";
    }
});
1;
