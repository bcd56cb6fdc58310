"""Keeps what MiniStack drops of a launch template and the fleet simulator launches by: interface types, network cards
and the placement group."""

from ministack.services import ec2

_OPENING = "<networkInterfaceSet><item>"
_CLOSING = "</item></networkInterfaceSet>"


def keep_interfaces_and_placement() -> None:
    parse, write = ec2._parse_lt_data, ec2._lt_data_xml

    def parse_all(params, prefix="LaunchTemplateData"):
        data = parse(params, prefix)
        for index, interface in enumerate(data.get("NetworkInterfaces", []), start=1):
            for member in ("InterfaceType", "NetworkCardIndex"):
                value = ec2._p(params, f"{prefix}.NetworkInterface.{index}.{member}")
                if value:
                    interface[member] = value
        group = ec2._p(params, f"{prefix}.Placement.GroupName")
        return {**data, "Placement": {"GroupName": group}} if group else data

    def write_interface(interface):
        written = write({"NetworkInterfaces": [interface]}).removeprefix(_OPENING).removesuffix(_CLOSING)
        kept = {"interfaceType": interface.get("InterfaceType"), "networkCardIndex": interface.get("NetworkCardIndex")}
        more = "".join(f"<{name}>{ec2._esc(str(value))}</{name}>" for name, value in kept.items() if value is not None)
        return f"<item>{written}{more}</item>"

    def write_all(data):
        interfaces = "".join(write_interface(interface) for interface in data.get("NetworkInterfaces") or [])
        rest = write({key: value for key, value in data.items() if key != "NetworkInterfaces"})
        group = (data.get("Placement") or {}).get("GroupName")
        return (
            rest
            + (f"<networkInterfaceSet>{interfaces}</networkInterfaceSet>" if interfaces else "")
            + (f"<placement><groupName>{ec2._esc(group)}</groupName></placement>" if group else "")
        )

    ec2._parse_lt_data, ec2._lt_data_xml = parse_all, write_all
