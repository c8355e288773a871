namespace CogVideoX.Compiler.Language;

/// <summary>Read-modify-write in one go (relaxed, device scope) in global or shared memory.</summary>
public static class Atomic
{
    /// <summary>Adds, and returns what was there: int, uint, ulong, float, double.</summary>
    [Ptx("atom.{location:space}.add.{T} {result}, [{location}], {value};")]
    public static T Add<T>([Address] ref T location, T value)
        where T : unmanaged => DeviceOnly.Called<T>();

    /// <summary>Adds without asking what was there (red).</summary>
    [Ptx("red.{location:space}.add.{T} [{location}], {value};")]
    public static void Accumulate<T>([Address] ref T location, T value)
        where T : unmanaged => DeviceOnly.Called();

    /// <summary>The larger stays; returns what was there: int, uint, long, ulong.</summary>
    [Ptx("atom.{location:space}.max.{T} {result}, [{location}], {value};")]
    public static T Max<T>([Address] ref T location, T value)
        where T : unmanaged => DeviceOnly.Called<T>();

    /// <summary>The smaller stays; returns what was there: int, uint, long, ulong.</summary>
    [Ptx("atom.{location:space}.min.{T} {result}, [{location}], {value};")]
    public static T Min<T>([Address] ref T location, T value)
        where T : unmanaged => DeviceOnly.Called<T>();

    /// <summary>Writes, and returns what was there.</summary>
    [Ptx("atom.{location:space}.exch.{T:b} {result}, [{location}], {value};")]
    public static T Exchange<T>([Address] ref T location, T value)
        where T : unmanaged => DeviceOnly.Called<T>();

    /// <summary>Writes if what is there equals the comparand; returns what was there.</summary>
    [Ptx("atom.{location:space}.cas.{T:b} {result}, [{location}], {comparand}, {value};")]
    public static T CompareExchange<T>([Address] ref T location, T value, T comparand)
        where T : unmanaged => DeviceOnly.Called<T>();
}
