"""The JSON doors of screening: rules as rows, and their trials on earlier posts."""

from fastapi import APIRouter

from service.screening.api import backtests, rules

router = APIRouter()
for part in (backtests, rules):  # `/moderation/rules/backtest` comes before `/moderation/rules/{rule_id}`
    router.routes.extend(part.router.routes)
