namespace CogVideoX.Compiler.Language;

/// <summary>
/// On a static field of an unmanaged type: in kernels it is a variable of the module, in .global memory, that starts with what the field
/// holds when the kernel is compiled. The host's field and the device's variable are two places.
/// </summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class DeviceVariableAttribute : Attribute;
