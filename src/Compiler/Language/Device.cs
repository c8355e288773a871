using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace CogVideoX.Compiler.Language;

/// <summary>What a kernel asks of the driver and the hardware.</summary>
public static class Device
{
    /// <summary>
    /// Prints a line from the kernel, when the host next waits for the device. <c>{0}</c> is the first argument, <c>{0,8}</c> at least 8
    /// characters wide, <c>{0:X8}</c> hexadecimal, <c>{0:F3}</c> with three decimals, <c>{0:E3}</c> with an exponent; a doubled brace is a
    /// brace. Arguments are numbers, bool (1 or 0), char, and addresses as nuint.
    /// </summary>
    /// <param name="format">a constant</param>
    [DeviceIntrinsic(DeviceIntrinsic.Print)]
    public static void Print(string format) => PrintOnHost(format);

    /// <inheritdoc cref="Print(string)"/>
    [DeviceIntrinsic(DeviceIntrinsic.Print)]
    public static void Print<T0>(string format, T0 a)
        where T0 : unmanaged => PrintOnHost(format, a);

    /// <inheritdoc cref="Print(string)"/>
    [DeviceIntrinsic(DeviceIntrinsic.Print)]
    public static void Print<T0, T1>(string format, T0 a, T1 b)
        where T0 : unmanaged
        where T1 : unmanaged => PrintOnHost(format, a, b);

    /// <inheritdoc cref="Print(string)"/>
    [DeviceIntrinsic(DeviceIntrinsic.Print)]
    public static void Print<T0, T1, T2>(string format, T0 a, T1 b, T2 c)
        where T0 : unmanaged
        where T1 : unmanaged
        where T2 : unmanaged => PrintOnHost(format, a, b, c);

    /// <inheritdoc cref="Print(string)"/>
    [DeviceIntrinsic(DeviceIntrinsic.Print)]
    public static void Print<T0, T1, T2, T3>(string format, T0 a, T1 b, T2 c, T3 d)
        where T0 : unmanaged
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged => PrintOnHost(format, a, b, c, d);

    /// <inheritdoc cref="Print(string)"/>
    [DeviceIntrinsic(DeviceIntrinsic.Print)]
    public static void Print<T0, T1, T2, T3, T4>(string format, T0 a, T1 b, T2 c, T3 d, T4 e)
        where T0 : unmanaged
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged => PrintOnHost(format, a, b, c, d, e);

    /// <inheritdoc cref="Print(string)"/>
    [DeviceIntrinsic(DeviceIntrinsic.Print)]
    public static void Print<T0, T1, T2, T3, T4, T5>(string format, T0 a, T1 b, T2 c, T3 d, T4 e, T5 f)
        where T0 : unmanaged
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged => PrintOnHost(format, a, b, c, d, e, f);

    /// <inheritdoc cref="Print(string)"/>
    [DeviceIntrinsic(DeviceIntrinsic.Print)]
    public static void Print<T0, T1, T2, T3, T4, T5, T6>(string format, T0 a, T1 b, T2 c, T3 d, T4 e, T5 f, T6 g)
        where T0 : unmanaged
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged
        where T6 : unmanaged => PrintOnHost(format, a, b, c, d, e, f, g);

    /// <inheritdoc cref="Print(string)"/>
    [DeviceIntrinsic(DeviceIntrinsic.Print)]
    public static void Print<T0, T1, T2, T3, T4, T5, T6, T7>(string format, T0 a, T1 b, T2 c, T3 d, T4 e, T5 f, T6 g, T7 h)
        where T0 : unmanaged
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where T4 : unmanaged
        where T5 : unmanaged
        where T6 : unmanaged
        where T7 : unmanaged => PrintOnHost(format, a, b, c, d, e, f, g, h);

    /// <summary>
    /// Stops the launch with an error that names the condition, the file, the line, the block and the thread, unless the condition holds.
    /// </summary>
    /// <param name="message">a constant; by itself the condition as the C# has it</param>
    [DeviceIntrinsic(DeviceIntrinsic.Assert)]
    public static void Assert(
        [DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string message = "",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (!condition)
            throw new InvalidOperationException($"{file}({line}): assertion failed: {message}");
    }

    /// <summary>Lets others run for about so many nanoseconds, at most a million: between the looks of a loop that waits.</summary>
    [Ptx("nanosleep.u32 {nanoseconds};")]
    public static void Sleep(uint nanoseconds) => Thread.Sleep(TimeSpan.FromMicroseconds(nanoseconds / 1000.0));

    private static void PrintOnHost(string format, params object[] arguments) =>
        Console.Out.WriteLine(string.Format(CultureInfo.InvariantCulture, format, arguments));
}
