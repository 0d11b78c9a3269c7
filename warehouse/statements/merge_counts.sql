select i.action, count(*) from incoming as i group by i.action;
