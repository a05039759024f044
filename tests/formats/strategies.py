"""Apps and policies for property tests: whatever the model can hold and Graph's limits allow."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from harness.model.apps import (
    InstallExperience,
    MsiInformation,
    ReturnCode,
    Win32App,
)
from harness.model.assignments import AppPolicy, Assignment, InstallTimeSettings, RestartSettings
from harness.model.rules import (
    FileSystemRule,
    PowerShellScriptRule,
    ProcessRule,
    ProductCodeRule,
    RegistryRule,
    RuleType,
)
from harness.model.windows import WINDOWS_RELEASES, Architecture

#: Texts as they occur and as they hurt: quotes, backslashes, line breaks, letters of every plane, look-alikes of JSON.
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        [r"C:\Program Files\7-zip", '"', r"\"", "/Date(0)/", ")/", "[]", "null", "{}", "a\r\nb", "Ω🙂", "%X%"]
    ),
)
names = texts.filter(str.strip)
numbers = st.integers(0, 2**31 - 1)
_optional_texts = st.none() | texts


def minutes(lowest: int, highest: int) -> st.SearchStrategy[timedelta]:
    """Draw a duration of whole minutes."""
    return st.integers(lowest, highest).map(lambda count: timedelta(minutes=count))


rules = st.one_of(
    st.builds(
        RegistryRule,
        rule_type=...,
        check_32_bit_on_64_system=...,
        operation_type=...,
        operator=...,
        key_path=texts,
        value_name=texts,
        comparison_value=_optional_texts,
    ),
    st.builds(
        FileSystemRule,
        rule_type=...,
        check_32_bit_on_64_system=...,
        operation_type=...,
        operator=...,
        path=texts,
        file_or_folder_name=texts,
        comparison_value=_optional_texts,
    ),
    st.builds(
        ProductCodeRule,
        rule_type=st.just(RuleType.DETECTION),
        product_code=texts,
        product_version=_optional_texts,
        product_version_operator=...,
    ),
    st.builds(
        PowerShellScriptRule,
        rule_type=...,
        enforce_signature_check=...,
        run_as_32_bit=...,
        run_as_account=...,
        operation_type=...,
        operator=...,
        display_name=texts,
        script_content=st.binary(max_size=20),
        comparison_value=_optional_texts,
    ),
    st.builds(ProcessRule, rule_type=..., operation_type=..., process_name=texts),
)

_architectures = st.none() | st.frozensets(st.sampled_from(Architecture), min_size=1)

apps = st.builds(
    Win32App,
    id=st.uuids().map(str),
    display_name=names,
    version=st.integers(0, 999_999_999),
    description=texts,
    publisher=texts,
    display_version=_optional_texts,
    file_name=_optional_texts,
    setup_file_path=_optional_texts,
    install_command_line=texts,
    uninstall_command_line=texts,
    rules=st.lists(rules, max_size=3).map(tuple),
    install_experience=st.builds(
        InstallExperience,
        run_as_account=...,
        max_run_time=minutes(1, 1440),
        device_restart_behavior=...,
    ),
    return_codes=st.lists(
        st.builds(ReturnCode, type=..., return_code=st.integers(-(2**31), 2**32 - 1)), max_size=3
    ).map(tuple),
    msi_information=st.none()
    | st.builds(
        MsiInformation,
        requires_reboot=...,
        package_type=...,
        product_code=_optional_texts,
        product_version=_optional_texts,
        upgrade_code=_optional_texts,
        product_name=_optional_texts,
        publisher=_optional_texts,
    ),
    applicable_architectures=_architectures,
    allowed_architectures=_architectures,
    minimum_supported_windows_release=st.none() | st.sampled_from(sorted(WINDOWS_RELEASES)),
    minimum_free_disk_space_in_mb=st.none() | numbers,
    minimum_memory_in_mb=st.none() | numbers,
    minimum_number_of_processors=st.none() | numbers,
    minimum_cpu_speed_in_mhz=st.none() | numbers,
    allow_available_uninstall=st.booleans(),
)


@st.composite
def restart_settings(draw: st.DrawFn) -> RestartSettings:
    """Draw restart settings within the limits of the portal."""
    grace = draw(minutes(1, 20_160))
    within = minutes(1, grace // timedelta(minutes=1))
    return RestartSettings(
        grace_period=grace,
        countdown_display_before_restart=draw(within),
        restart_notification_snooze_duration=draw(st.none() | within),
    )


@st.composite
def install_times(draw: st.DrawFn) -> InstallTimeSettings:
    """Draw times in milliseconds, aware for UTC and naive for local time."""
    is_local = draw(st.booleans())
    zone = None if is_local else UTC
    times = st.none() | st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)).map(  # noqa: DTZ001  # the zone is next
        lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=zone)
    )
    return InstallTimeSettings(use_local_time=is_local, start_date_time=draw(times), deadline_date_time=draw(times))


assignments = st.builds(
    Assignment,
    intent=...,
    target_type=...,
    notifications=...,
    delivery_optimization_priority=...,
    restart_settings=st.none() | restart_settings(),
    install_time_settings=st.none() | install_times(),
)

policies = st.builds(AppPolicy, app=apps, assignment=assignments)
