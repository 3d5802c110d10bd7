"""The engine's own configuration file, written from the settings at every start."""

from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """What the engine may use."""

    memory_mb: int = 1024
    query_memory_mb: int = 512
    query_timeout_s: int = 30
    min_free_disk_mb: int = 256


def write_engine_config(folder: Path, limits: EngineLimits) -> Path:
    """Write `engine.xml` into `folder` and return its path."""
    path = folder / "engine.xml"
    path.write_text(render(folder, limits))
    return path


def render(folder: Path, limits: EngineLimits) -> str:
    """Return the configuration: memory and cache limits, few threads, where backups and schemas may lie.

    The engine's defaults are meant for a machine of its own: five gigabytes of mark cache and hundreds of threads.
    """
    cache = max(limits.memory_mb // 16, 16) * _MEBIBYTE
    server = {
        "max_server_memory_usage": limits.memory_mb * _MEBIBYTE,
        "mark_cache_size": cache,
        "index_mark_cache_size": cache // 2,
        "primary_index_cache_size": cache,
        "uncompressed_cache_size": 0,
        "index_uncompressed_cache_size": 0,
        "mmap_cache_size": 100,
        "query_condition_cache_size": cache // 4,
        "compiled_expression_cache_size": 16 * _MEBIBYTE,
        "background_pool_size": 2,
        "background_merges_mutations_concurrency_ratio": 2,
        "background_move_pool_size": 1,
        "background_fetches_pool_size": 1,
        "background_common_pool_size": 2,
        "background_schedule_pool_size": 4,
        "background_buffer_flush_schedule_pool_size": 1,
        "background_message_broker_schedule_pool_size": 1,
        "background_distributed_schedule_pool_size": 1,
        "max_thread_pool_size": 200,
        "max_thread_pool_free_size": 16,
        "max_io_thread_pool_size": 8,
        "max_io_thread_pool_free_size": 0,
        "max_active_parts_loading_thread_pool_size": 4,
        "tables_loader_foreground_pool_size": 2,
        "tables_loader_background_pool_size": 1,
    }
    merge_tree = {
        # Horizontal merges of wide rows need about this much memory per merge; the engine's default is 150 GB.
        "max_bytes_to_merge_at_max_space_in_pool": 8 * 1024 * _MEBIBYTE,
        "merge_max_block_size_bytes": 4 * _MEBIBYTE,
        "parts_to_delay_insert": 1000,
        "parts_to_throw_insert": 3000,
        "old_parts_lifetime": 30,
    }
    return "\n".join(
        [
            "<clickhouse>",
            *_elements(server, 1),
            f"  <format_schema_path>{escape(str(folder / 'schemas'))}</format_schema_path>",
            f"  <backups><allowed_path>{escape(str(folder.parent / 'backups'))}</allowed_path></backups>",
            "  <merge_tree>",
            *_elements(merge_tree, 2),
            "  </merge_tree>",
            "</clickhouse>",
            "",
        ]
    )


def _elements(values: dict[str, int], depth: int) -> list[str]:
    return [f"{'  ' * depth}<{name}>{value}</{name}>" for name, value in values.items()]
