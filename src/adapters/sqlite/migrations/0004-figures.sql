-- For the figures of the dashboard: each is read from its index alone.

CREATE INDEX questions_by_time ON questions (asked_at, outcome);
CREATE INDEX questions_unanswered ON questions (asked_at) WHERE outcome <> 'answered';
CREATE INDEX feedback_by_time ON feedback (voted_at, vote);
