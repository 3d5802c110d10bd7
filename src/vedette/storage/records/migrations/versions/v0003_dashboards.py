"""Dashboards, their versions, and the links that share them."""

import sqlalchemy as sa
from alembic import op

from vedette.storage.records.columns import UtcDateTime

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "dashboards",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("panels", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_dashboards_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "uid", name=op.f("pk_dashboards")),
    )
    op.create_table(
        "dashboard_versions",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "uid"],
            ["dashboards.project_id", "dashboards.uid"],
            name=op.f("fk_dashboard_versions_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "uid", "version", name=op.f("pk_dashboard_versions")),
    )
    op.create_table(
        "dashboard_shares",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.String(length=400), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_dashboard_shares_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dashboard_shares")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_dashboard_shares_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_dashboard_shares_project_id_uid"), "dashboard_shares", ["project_id", "uid"], unique=False)
