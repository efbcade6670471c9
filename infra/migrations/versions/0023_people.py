"""People of several businesses: a chat stays with the person who writes, papers stand where they are filed,
and a helper sees only the papers that the helper sent.

Revision ID: 0023
"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_MEMBERS = """
create table auth.members (
    tenant_id uuid not null references auth.tenants on delete cascade,
    user_id uuid not null,
    home uuid not null references auth.tenants on delete cascade,
    role text not null,
    address text,
    at timestamptz not null default now(),
    primary key (tenant_id, user_id)
);
create index on auth.members (home);

alter table documents.documents add column home uuid references auth.tenants on delete
    set null, add column guest boolean not null default false;
create index on documents.documents (home) where home is not null;
create index on documents.documents (tenant_id, user_id) where guest;
"""
"""`members`: the people of other businesses who sent papers to this one. `home` is such a person's own
business, `address` the end of the number as it was then. The row goes with either business.

`home` of a document: its sender's own business where it is filed in another one (`guest`); null again once
that person was erased.
"""

_LOOSENED = (
    ("documents.documents", "user_id_of_tenant"),
    ("messaging.replies", "document_id_of_tenant"),
    ("books.entries", "entries_user_id_tenant_id_fkey"),
    ("books.corrections", "corrections_user_id_tenant_id_fkey"),
)
"""Keys that held the sender or changer of something, and the paper of an answer, to one and the same
business.

Policies do that from here on: a paper is from its business's own person or from a guest, and an answer is
about what its own reader sent.
"""

_CHAT = ("auth.users", "messaging.lanes", "messaging.sends", "messaging.replies")
_ENTRIES = """
create or replace function books.found(query tsquery, most integer) returns table (entry uuid, at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
begin
    return query execute 'select e.id, e.received_at from books.entries e
        where e.tenant_id = $1 and e.deleted_at is null and e.words @@ $2 and ($4 is null or e.user_id = $4)
            order by e.received_at desc limit $3'
        using nullif(current_setting('app.tenant', true), '')::uuid, query, most,
            nullif(current_setting('app.sender', true), '')::uuid;
end $$
"""


def _setting(name: str) -> str:
    return f"nullif(current_setting('app.{name}', true), '')::uuid"


def upgrade() -> None:
    """Makes a transaction name the business (`app.tenant`), the person's own business where that is another
    one (`app.person`), the sender whose papers alone are seen (`app.sender`), and the chat that looks for
    what was sent through it (`app.chat`). The code before names only the first, and sees what it saw.
    """
    op.execute(_MEMBERS)
    op.execute("alter table auth.members enable row level security")
    op.execute("alter table auth.members force row level security")
    ours = f"tenant_id = {_setting('tenant')}"
    op.execute(f"create policy tenant on auth.members to cuadra_runtime using ({ours}) with check ({ours})")
    op.execute("create policy migrations on auth.members to cuadra_owner using (true) with check (true)")
    op.execute("create policy operators on auth.members to cuadra_operator using (true) with check (true)")
    op.execute("grant select, insert, update on auth.members to cuadra_runtime")
    op.execute("grant select, insert, update, delete on auth.members to cuadra_operator")
    for table, key in _LOOSENED:
        op.execute(f"alter table {table} drop constraint {key}")
    op.execute(
        "alter table messaging.replies add constraint document foreign key (document_id) references "
        "documents.documents on delete set null not valid"
    )
    for table in _CHAT:
        person = f"tenant_id = coalesce({_setting('person')}, {_setting('tenant')})"
        op.execute(f"alter policy tenant on {table} using ({person}) with check ({person})")
    chat = f"home = {_setting('chat')}"
    op.execute(f"create policy chat on documents.documents for select to cuadra_runtime using ({chat})")
    op.execute(
        f"create policy chat_marks on documents.documents for update to cuadra_runtime using ({chat}) with "
        f"check ({chat})"
    )
    through = (
        f"{_setting('chat')} is not null and exists (select from documents.documents d where d.id = "
        f"document_id and d.home = {_setting('chat')})"
    )
    op.execute(f"create policy chat on extractor.extractions for select to cuadra_runtime using ({through})")
    sender = (
        "not guest and exists (select from auth.users u where u.id = user_id and u.tenant_id = "
        f"documents.tenant_id) or guest and home = {_setting('person')}"
    )
    op.execute(
        "create policy senders on documents.documents as restrictive for insert to cuadra_runtime with "
        f"check ({sender})"
    )
    own = (
        "document_id is null or exists (select from documents.documents d where d.id = document_id and "
        "d.user_id = replies.user_id)"
    )
    op.execute(
        "create policy own_file on messaging.replies as restrictive for insert to cuadra_runtime with "
        f"check ({own})"
    )
    _own_papers_alone()


def _own_papers_alone() -> None:
    sender = _setting("sender")
    for table in ("documents.documents", "books.entries", "books.corrections", "auth.members"):
        op.execute(
            f"create policy sender on {table} as restrictive to cuadra_runtime using ({sender} is null or "
            f"user_id = {sender})"
        )
    sent = f"exists (select from documents.documents d where d.id = document_id and d.user_id = {sender})"
    op.execute(
        f"create policy sender on extractor.extractions as restrictive to cuadra_runtime using ({sender} is "
        f"null or {sent})"
    )
    for table in ("books.inquiries", "books.given"):
        op.execute(
            f"create policy sender on {table} as restrictive to cuadra_runtime using ({sender} is null)"
        )
    op.execute("grant create on schema books to cuadra_sweeper")
    op.execute("set local role cuadra_sweeper")  # the function belongs to this role
    op.execute(_ENTRIES)
    op.execute("set local role cuadra_owner")
    op.execute("revoke create on schema books from cuadra_sweeper")
