-- summary: How does the warehouse stand, in a dozen numbers?
create or replace macro summary() as table
with pages as (
    select
        count(*) as pages,
        count(*) filter (where a.verdict = 'accept') as accepted,
        count(*) filter (where a.verdict = 'review') as review,
        count(*) filter (where a.verdict = 'reject') as rejected,
        count(*) filter (where a.verdict = 'not_assessed') as not_assessed,
        coalesce(sum(a.words), 0) as words,
        count(*) filter (where len(a.repairs) > 0) as repaired,
        coalesce(sum(a.characters - a.clean_characters), 0) as characters_cut
    from articles as a
),

gate as (
    select
        count(*) as sources,
        count(*) filter (where s.status = 'accepted') as accepted_sources,
        count(*) filter (where s.status = 'probation') as sources_on_probation,
        count(*) filter (where s.status = 'rejected') as rejected_sources
    from sources as s
)

select u.measure, u.value
from (
    select
        cast(p.pages as bigint) as pages,
        cast(p.accepted as bigint) as accepted,
        cast(p.review as bigint) as review,
        cast(p.rejected as bigint) as rejected,
        cast(p.not_assessed as bigint) as not_assessed,
        cast((select count(*) from failures) as bigint) as failures,
        cast(p.words as bigint) as words,
        cast(p.repaired as bigint) as repaired_pages,
        cast(p.characters_cut as bigint) as characters_cut,
        cast(g.sources as bigint) as sources,
        cast(g.accepted_sources as bigint) as accepted_sources,
        cast(g.sources_on_probation as bigint) as sources_on_probation,
        cast(g.rejected_sources as bigint) as rejected_sources,
        cast((select count(*) from runs) as bigint) as runs
    from pages as p, gate as g
) unpivot include nulls (value for measure in (columns(*))) as u;
comment on macro table summary is 'How does the warehouse stand, in a dozen numbers?';
