namespace CogVideoX.Compiler.Language;

/// <summary>What this compilation checks while the kernel runs.</summary>
internal static class Checks
{
    /// <summary>True where views check their bounds: a constant of the compilation. On the host, always.</summary>
    public static bool AreOn { [DeviceIntrinsic(DeviceIntrinsic.IsChecked)] get => true; }
}
