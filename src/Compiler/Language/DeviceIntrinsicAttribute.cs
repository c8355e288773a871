namespace CogVideoX.Compiler.Language;

/// <summary>A method that the frontend itself turns into IR, by its name.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
internal sealed class DeviceIntrinsicAttribute(DeviceIntrinsic kind) : Attribute
{
    public DeviceIntrinsic Kind { get; } = kind;
}
