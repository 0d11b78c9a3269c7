create or replace view run_signals as
select
    s.run_id, s.signal, s.pages, s.measured, s.fired, s.mean, s.minimum, s.p05, s.p25, s.p50, s.p75, s.p95, s.maximum
from run_signal as s;

comment on view run_signals is 'How each signal was distributed over the pages that a run judged.';
comment on column run_signals.run_id is 'Run that judged the pages.';
comment on column run_signals.signal is 'Id of the signal.';
comment on column run_signals.pages is 'Pages that the run judged.';
comment on column run_signals.measured is 'Pages on which the signal was measurable.';
comment on column run_signals.fired is 'Pages on which it was not 0. Shares of pages on which a signal fired (signal_distributions, signal_drift, silent_rules) are of the measured ones.';
comment on column run_signals.mean is 'Mean over the measured pages.';
comment on column run_signals.minimum is 'Smallest value.';
comment on column run_signals.p05 is '5th percentile.';
comment on column run_signals.p25 is '25th percentile.';
comment on column run_signals.p50 is 'Median.';
comment on column run_signals.p75 is '75th percentile.';
comment on column run_signals.p95 is '95th percentile.';
comment on column run_signals.maximum is 'Largest value.';
