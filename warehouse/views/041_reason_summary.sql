-- The three reasons with the most points either way, as people read them: "promo.calls_to_action +1.20, …".
create or replace macro reason_summary(reasons) as
    array_to_string(
        list_transform(
            list_slice(
                list_reverse_sort(
                    list_transform(
                        reasons,
                        lambda r: {'size': abs(r.points), 'label': r.signal || printf(' %+.2f', r.points)}
                    )
                ),
                1,
                3
            ),
            lambda r: r.label
        ),
        ', '
    );

comment on macro reason_summary is 'The three weightiest reasons of a list of reasons, as one line.';
